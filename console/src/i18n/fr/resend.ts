/** French messages of sending one event again. */
import type { resendEn } from "../en/resend.ts";

/** See the English file for what each is. */
export const resendFr: Record<keyof typeof resendEn, string> = {
  "resend.action": "Renvoyer",
  "resend.done": "L’événement repart.",
  "resend.held.title": "Ce webhook est désactivé",
  "resend.held.text":
    "Rien n’est envoyé à un webhook désactivé. Activez-le et l’événement part aussitôt ; ce qui l’attend suit, lentement au début.",
  "resend.held.forbidden":
    "Rien n’est envoyé à un webhook désactivé, et votre clé ne peut pas l’activer : il lui manque le droit « webhooks ».",
  "resend.held.enable": "Activer le webhook et envoyer",
};
