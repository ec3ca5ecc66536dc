/** French messages of the choice of an application and environment. */
import type { applicationsEn } from "../en/applications.ts";

/** See the English file for what each is. */
export const applicationsFr: Record<keyof typeof applicationsEn, string> = {
  "applications.title": "Applications",
  "applications.create": "Créer une application",
  "applications.search": "Chercher une application",
  "applications.searchHint": "Un nom ou un identifiant",
  "applications.empty.title": "Créez votre première application",
  "applications.empty.text":
    "Une application a quatre environnements, chacun avec ses webhooks, ses clés et son historique.",
  "applications.empty.noRight": "Cette clé n’a pas d’application",
  "applications.empty.otherKey":
    "Connectez-vous avec la clé d’un environnement d’application, ou celle de l’opérateur.",
  "applications.count": "{count, plural, one {# application} other {# applications}}",
  "applications.countLoaded":
    "{count, plural, one {# application} other {# applications}} parmi celles qui sont chargées",
  "applications.created": "Créée",
  "applications.id": "Identifiant de l’application",
  "applications.environments": "Environnements de {name}",
  "applications.volume":
    "{count, plural, =0 {aucun événement en 24 h} one {{text} événement en 24 h} other {{text} événements en 24 h}}",
  "applications.success": "{share} réussis",
  "applications.failing": "{count, plural, one {# endpoint en échec} other {# endpoints en échec}}",
  "applications.unread": "Les chiffres n’ont pas pu être lus.",
  "applications.form.title": "Créer une application",
  "applications.form.name": "Nom",
  "applications.form.id": "Identifiant (facultatif)",
  "applications.form.idHint": "Seulement pour en reprendre une existante : appId_ et un UUID. Vide, il en est créé un.",
  "applications.form.done": "L’application est créée.",
};
