package io.k3j.authwebhook;

import java.util.Optional;

/// One step of the order in which authorizers are asked. Immutable.
/// @param type as `authorization-mode` has it
/// @param name for metrics and messages
/// @param webhook of the type `Webhook`
record AuthorizerConfiguration(String type, String name, Optional<WebhookConfiguration> webhook) {
}
