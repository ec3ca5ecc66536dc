/** French messages of the audit log. */
import type { auditEn } from "../en/audit.ts";

/** See the English file for what each is. */
export const auditFr: Record<keyof typeof auditEn, string> = {
  "audit.title": "Journal d’audit",
  "audit.list": "Entrées du journal d’audit, les plus récentes d’abord",
  "audit.filter.actor": "Acteur",
  "audit.filter.actorHint": "Un nom, ou l’identifiant d’une clé",
  "audit.filter.target": "Cible",
  "audit.filter.targetHint": "L’identifiant de ce qui a changé",
  "audit.filter.action": "Action",
  "audit.filter.anyAction": "Toutes les actions",
  "audit.kind.webhook": "Tout ce qui touche aux webhooks",
  "audit.kind.api-key": "Tout ce qui touche aux clés d’API",
  "audit.kind.event": "Tout ce qui touche aux événements",
  "audit.kind.message": "Tout ce qui touche aux messages",
  "audit.kind.job": "Tout ce qui touche aux travaux",
  "audit.kind.settings": "Tout ce qui touche aux paramètres",
  "audit.kind.session": "Tout ce qui touche aux sessions",
  "audit.kind.view": "Tout ce qui touche aux vues partagées",
  "audit.column.at": "Heure",
  "audit.column.actor": "Acteur",
  "audit.column.action": "Action",
  "audit.column.target": "Cible",
  "audit.column.ip": "Adresse IP",
  "audit.column.request": "Identifiant de requête",
  "audit.empty.title": "Il ne s’est encore rien passé ici",
  "audit.empty.text":
    "Chaque changement de webhooks, de clés, de paramètres et d’événements s’inscrit ici : qui, quoi, quand et d’où.",
  "audit.chain.intact":
    "Chaîne vérifiée : {rows, plural, one {# entrée telle qu’écrite} other {# entrées telles qu’écrites}}",
  "audit.chain.broken":
    "La chaîne est rompue à l’entrée {id} : elle, ou une entrée avant elle, a été modifiée hors du produit.",
  "audit.chain.checking": "Vérification de la chaîne…",
  "audit.entry.title": "Entrée du journal d’audit",
  "audit.entry.field": "Champ",
  "audit.entry.before": "Avant",
  "audit.entry.after": "Après",
  "audit.entry.changes": "Ce qui a changé",
  "audit.entry.noValues": "Cette action n’a pas de valeurs à comparer.",
  "audit.entry.hash": "Empreinte",
  "audit.entry.id": "Entrée",
  "audit.entry.unset": "non défini",
  "audit.openEntry.searching": "Recherche de l’entrée {id} parmi les plus anciennes…",
  "audit.openEntry.absent":
    "L’entrée {id} n’est pas parmi celles affichées ici. Retirez des filtres pour la trouver, ou vérifiez son identifiant.",
  "audit.openEntry.far":
    "L’entrée {id} n’a pas été trouvée jusqu’ici ; les entrées plus anciennes n’ont pas encore été lues.",
  "audit.openEntry.goOn": "Continuer la recherche",
  "audit.openEntry.end": "Ne pas l’ouvrir",
};
