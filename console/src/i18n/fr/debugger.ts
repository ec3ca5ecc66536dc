/** French messages of the signature and token debugger. */
import type { debuggerEn } from "../en/debugger.ts";

/** See the English file for what each is. */
export const debuggerFr: Record<keyof typeof debuggerEn, string> = {
  "debugger.title": "Débogueur",
  "debugger.tab.signature": "Signature",
  "debugger.tab.token": "Jeton de vérification",
  "debugger.tabs": "Que vérifier",
  "debugger.signature.intro":
    "Votre backend refuse un webhook ? Collez ce qu’il a reçu : le produit recalcule la signature et dit ce qui diffère. Rien n’en est conservé.",
  "debugger.webhook": "Endpoint",
  "debugger.webhook.none": "Il n’y a pas encore de webhook dans cet environnement.",
  "debugger.header.id": "En-tête webhook-id",
  "debugger.header.timestamp": "En-tête webhook-timestamp",
  "debugger.header.signature": "En-tête webhook-signature",
  "debugger.body": "Corps brut",
  "debugger.bodyHint": "Les octets mêmes, avant tout analyseur : un corps analysé puis réécrit a une autre signature.",
  "debugger.check": "Vérifier",
  "debugger.signature.valid": "La signature est juste.",
  "debugger.signature.invalid": "La signature n’est pas juste.",
  "debugger.signature.signed": "Ce qui a été signé : identifiant, horodatage et corps, joints par des points",
  "debugger.signature.secrets": "Secrets de l’endpoint",
  "debugger.secret.created": "Création",
  "debugger.secret.expires": "Valable jusqu’à",
  "debugger.secret.matches": "A signé",
  "debugger.secret.current": "en vigueur",
  "debugger.yes": "Oui",
  "debugger.no": "Non",
  "debugger.token.intro": "Dit ce qu’est un jeton de vérification et s’il a servi, sans s’en servir.",
  "debugger.token": "Jeton de vérification",
  "debugger.tokenHint": "Le verificationToken du corps ; il commence par wvt_.",
  "debugger.token.state.valid": "Valable, et pas encore utilisé.",
  "debugger.token.state.consumed": "Déjà utilisé : une vérification l’a consommé.",
  "debugger.token.state.expired": "Expiré sans avoir été utilisé.",
  "debugger.token.state.notFound":
    "Aucun jeton de cet environnement. Il est peut-être tronqué, modifié en chemin, ou d’un autre environnement.",
  "debugger.token.issued": "Émission",
  "debugger.token.expires": "Expiration",
  "debugger.token.consumed": "Utilisation",
  "debugger.token.event": "Événement",
  "debugger.token.attempt": "Essai",
  "debugger.token.action": "Sujet et action",
};
