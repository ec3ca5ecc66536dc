/** French messages of the refusals of the API that who uses the console can meet, by their codes. */
import type { problemsEn } from "../en/problems.ts";

/** See the English file for what each is. */
export const problemsFr: Record<keyof typeof problemsEn, string> = {
  "problem.BODY_VALIDATION_FAILED": "Le serveur n’a pas accepté ce qui a été saisi.",
  "problem.QUERY_VALIDATION_FAILED": "Le serveur n’a pas accepté ces filtres.",
  "problem.CURSOR_INVALID": "La position dans cette liste n’est plus connue. Rechargez la liste.",
  "problem.WEBHOOK_URL_FORBIDDEN": "Cette URL n’est pas autorisée pour un webhook.",
  "problem.AUTHENTICATION_REQUIRED": "Vous êtes déconnecté. Connectez-vous pour continuer.",
  "problem.AUTHENTICATION_FAILED": "La clé n’est pas acceptée. Vérifiez-la ou utilisez-en une autre.",
  "problem.SCOPE_MISSING": "Votre clé n’a pas le droit de faire ceci : il lui manque le droit que l’appel demande.",
  "problem.CROSS_ORIGIN_REFUSED":
    "La requête ne venait pas d’une page de ce serveur. Ouvrez la console par l’adresse du serveur lui-même.",
  "problem.HTTPS_REQUIRED": "En http simple, la clé pourrait être lue en chemin. Ouvrez la console en https.",
  "problem.APP_NOT_FOUND": "Cette application n’existe pas pour cette clé.",
  "problem.APP_ENV_NOT_FOUND": "Cet environnement n’existe pas pour cette clé.",
  "problem.WEBHOOK_NOT_FOUND": "Ce webhook n’existe pas ici, ou il a été supprimé.",
  "problem.WEBHOOK_EVENT_NOT_FOUND": "Cet événement n’existe pas ici, ou il n’est plus conservé.",
  "problem.WEBHOOK_ATTEMPT_NOT_FOUND": "L’événement n’a pas de tentative de ce numéro.",
  "problem.MESSAGE_NOT_FOUND": "Ce message n’existe pas ici, ou il n’est plus conservé.",
  "problem.JOB_NOT_FOUND": "Ce travail n’existe pas ici, ou il n’est plus conservé.",
  "problem.API_KEY_NOT_FOUND": "Cette clé n’existe pas ici, ou elle est déjà révoquée.",
  "problem.VIEW_NOT_FOUND": "Cette vue partagée n’existe pas ici, ou elle est déjà supprimée.",
  "problem.REQUEST_TIMEOUT": "La requête n’est pas arrivée entière à temps. Vérifiez la connexion, puis réessayez.",
  "problem.WEBHOOK_EVENT_ALREADY_PENDING":
    "L’événement attend déjà sa livraison, ou il est en cours d’envoi. Attendez le résultat.",
  "problem.WEBHOOK_DISABLED": "Le webhook est désactivé : rien ne lui est envoyé. Activez-le, puis réessayez.",
  "problem.WEBHOOK_ATTEMPT_NOT_SENT":
    "Cette tentative n’a rien envoyé : elle n’a pas de signature. Prenez une autre tentative.",
  "problem.MESSAGE_CONTENT_ERASED": "Le contenu du message a été effacé : il ne peut plus être renvoyé.",
  "problem.IDEMPOTENCY_KEY_REUSED": "Ceci a déjà été envoyé une fois, avec un autre contenu. Rechargez la page.",
  "problem.JOB_ENDED": "Le travail est terminé. Lancez-en un nouveau, ou relancez ses échecs.",
  "problem.JOB_LIMIT_REACHED":
    "Aucun autre travail ne peut s’exécuter dans cet environnement. Attendez la fin d’un travail, ou suspendez-en ou annulez-en un.",
  "problem.APP_ALREADY_EXISTS": "Une application porte déjà cet identifiant.",
  "problem.API_KEY_ALREADY_EXISTS": "Cette même clé est déjà utilisée, ou l’a été.",
  "problem.VIEW_ALREADY_EXISTS":
    "Une vue partagée porte déjà ce nom. Prenez-en un autre, ou supprimez d’abord celle-là.",
  "problem.BODY_TOO_LARGE": "C’est plus grand que ce que le serveur accepte.",
  "problem.WEBHOOK_LIMIT_REACHED": "L’environnement a autant de webhooks que permis. Supprimez-en un qui ne sert plus.",
  "problem.VIEW_LIMIT_REACHED":
    "L’environnement a autant de vues partagées que permis. Supprimez-en une qui ne sert plus.",
  "problem.AUTHENTICATION_THROTTLED": "Trop de clés inconnues sont venues de votre adresse.",
  "problem.SIGN_IN_THROTTLED": "Trop de clés ont été refusées.",
  "problem.TOKEN_CHECKS_THROTTLED": "Trop de jetons étrangers ont été vérifiés dans cet environnement.",
  "problem.WEBHOOK_CHANGE_LIMIT_REACHED": "Trop de webhooks ont été ajoutés ici, ou ont changé d’URL, en peu de temps.",
  "problem.TEST_LIMIT_REACHED": "Trop d’événements de test ont été envoyés dans cet environnement en peu de temps.",
  "problem.RESEND_LIMIT_REACHED":
    "Trop d’événements ont été renvoyés un à un en peu de temps. Beaucoup à la fois se renvoient par un travail.",
  "problem.JOB_START_LIMIT_REACHED":
    "Trop de travaux ont été lancés ou essayés dans cet environnement en peu de temps.",
  "problem.VIEW_SAVE_LIMIT_REACHED":
    "Trop de vues partagées ont été enregistrées dans cet environnement en peu de temps.",
  "problem.URL_CHECK_LIMIT_REACHED":
    "Trop d’URL sont vérifiées en ce moment. Attendez un peu, puis relancez la vérification.",
  "problem.STREAM_LIMIT_REACHED": "Trop de flux en direct sont ouverts. Fermez-en un d’abord.",
  "problem.INTERNAL_ERROR":
    "Le serveur a commis une erreur. Réessayez ; si elle persiste, signalez-la avec l’identifiant de requête.",
  "problem.STORE_UNAVAILABLE":
    "Le serveur n’atteint pas sa base de données en ce moment. Rien n’a été modifié. Réessayez plus tard.",
  "problem.SHUTTING_DOWN": "Le serveur redémarre. Réessayez dans un instant.",
  "problem.other": "Le serveur a refusé ceci ({code}).",
  "problem.noApi": "Quelque chose entre ici et le serveur a répondu à sa place, avec le statut {status}.",
  "problem.unexpected": "La console a rencontré un imprévu.",
  "problem.wait": "Réessayez dans {seconds, plural, one {# seconde} other {# secondes}}.",
};
