/** French messages of the live feed. */
import type { liveEn } from "../en/live.ts";

/** See the English file for what each is. */
export const liveFr: Record<keyof typeof liveEn, string> = {
  "live.title": "En direct",
  "live.log": "Les événements et les essais à mesure qu’ils se produisent, du plus récent au plus ancien",
  "live.pause": "Suspendre",
  "live.resume": "Reprendre",
  "live.clear": "Vider",
  "live.cleared": "Le flux a été vidé",
  "live.paused": "Suspendu",
  "live.resumed": "Le flux reprend",
  "live.shortcut.pause": "Suspendre ou reprendre le flux",
  "live.announce": "Annoncer les échecs",
  "live.announced": "{count, plural, one {Un échec : {last}} other {# échecs, le dernier : {last}}}",
  "live.topic": "Sujet",
  "live.topic.all": "Tous les sujets",
  "live.status": "Statut",
  "live.status.all": "Tous",
  "live.webhook": "Webhook",
  "live.webhook.all": "Tous les webhooks",
  "live.rate": "{rate} par seconde",
  "live.rate.chart": "Lignes par seconde sur la dernière minute : {rate} maintenant, {highest} au plus",
  "live.counts": "Depuis l’ouverture : {pending} nouveaux, {passed} réussis, {failed} échoués",
  "live.sampling": "Échantillon de 1 sur {stride}, décomptes exacts",
  "live.lost":
    "{count, plural, one {# ligne a été perdue} other {# lignes ont été perdues}} : elles arrivaient plus vite que cette page ne pouvait les lire",
  "live.held": "{count, plural, =0 {Retenu : rien de nouveau} one {# nouveauté} other {# nouveautés}}",
  "live.following": "Suivi en continu",
  "live.held.hint.paused": "Suspendu. Appuyez sur Espace pour reprendre.",
  "live.held.hint.reading": "Retenu pendant que vous pointez ou lisez la liste.",
  "live.showNew": "Montrer les nouveautés",
  "live.waiting":
    "La connexion s’est interrompue. Prochain essai {in} ; ce qui se produit d’ici là sera ajouté ensuite.",
  "live.waiting.now": "maintenant",
  "live.retryNow": "Essayer maintenant",
  "live.gap.filled":
    "Le flux a été interrompu depuis {from}. {count, plural, =0 {Les listes n’ont aucun événement de cette période.} one {# événement de cette période a été lu dans les listes.} other {# événements de cette période ont été lus dans les listes.}}",
  "live.gap.open":
    "Le flux a été interrompu depuis {from}, et les listes n’ont pas pu être lues. Cherchez dans Événements ce qui s’est passé.",
  "live.gap.unknown": "un instant",
  "live.empty.title": "En attente d’événements",
  "live.empty.text":
    "Les nouveaux événements et chaque essai apparaissent ici dès qu’ils se produisent. Laissez cette page ouverte.",
  "live.empty.webhooks": "Aller aux webhooks pour envoyer un événement de test",
  "live.noMatch.title": "Rien de correspondant ne s’est encore produit",
  "live.kind.created": "nouveau",
  "live.kind.attempt": "essai {number}",
  "live.kind.listed": "de la liste",
};
