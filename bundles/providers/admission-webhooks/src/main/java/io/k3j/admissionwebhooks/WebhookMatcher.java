package io.k3j.admissionwebhooks;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Which webhooks are asked of a write. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules>.
/// Any thread.
final class WebhookMatcher {
    /// Whoever could refuse these could not be removed any more.
    private static final Set<String> CONFIGURATIONS = Set.of("ValidatingWebhookConfiguration",
            "MutatingWebhookConfiguration", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
            "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding");
    /// Their resources are questions (reviews), upstream's `excludedAdmissionResources`: webhook servers ask them to
    /// find out who calls.
    private static final Set<String> QUESTIONS = Set.of("authentication.k8s.io", "authorization.k8s.io");
    private final Function<String, Map<String, String>> namespaceLabels;

    /// @param namespaceLabels the labels of a namespace; throws an ApiFault (404) when there is none
    WebhookMatcher(Function<String, Map<String, String>> namespaceLabels) {
        this.namespaceLabels = namespaceLabels;
    }

    /// Whether no webhook is ever asked of such a write.
    static boolean exempt(Write write) {
        String group = write.kind().gvk().group();
        return QUESTIONS.contains(group)
                || group.equals("admissionregistration.k8s.io") && CONFIGURATIONS.contains(write.kind().gvk().kind());
    }

    /// Whether the rules of one of these match, before selectors are looked at.
    static boolean anyRule(List<Webhook> webhooks, Write write) {
        for (Webhook w : webhooks) {
            if (matched(w, write).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /// How a webhook is to be asked, empty when it is not to be.
    /// @param object as it is now, with the labels that other webhooks have given it
    /// @throws io.k3j.clientapi.ApiFault 404 when the namespace is needed and not there
    Optional<Invocation> invocation(Webhook webhook, Write write, Struct object) {
        return matched(webhook, write).filter(_ -> selected(webhook, write, object))
                .map(r -> new Invocation(webhook, r, Invocation.kind(r, write.subresource())));
    }

    private static Optional<ResourceKind> matched(Webhook webhook, Write write) {
        if (matches(webhook.match().rules(), write, write.kind())) {
            return Optional.of(write.kind());
        }
        if (!webhook.match().equivalent()) {
            return Optional.empty();
        }
        List<ResourceKind> equivalents = write.context().equivalents();
        for (WebhookRule rule : equivalents.isEmpty() ? List.<WebhookRule>of() : webhook.match().rules()) {
            for (ResourceKind other : equivalents) {
                if (hasPath(other, write.subresource()) && matches(List.of(rule), write, other)) {
                    return Optional.of(other);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean hasPath(ResourceKind resource, String subresource) {
        return subresource.isEmpty() || resource.subresource(subresource).isPresent();
    }

    private static boolean matches(List<WebhookRule> rules, Write write, ResourceKind resource) {
        for (WebhookRule rule : rules) {
            if (rule.matches(write.operation(), resource.gvr(), write.subresource(), !namespace(write).isEmpty())) {
                return true;
            }
        }
        return false;
    }

    /// The namespace of the request; of one for a Namespace that is there, that itself.
    static String namespace(Write write) {
        return ofNamespace(write.kind().gvr()) && write.operation() != Operation.CREATE ? write.key().name()
                : write.key().namespace();
    }

    private static boolean ofNamespace(Gvr resource) {
        return resource.resource().equals("namespaces") && resource.group().isEmpty();
    }

    private boolean selected(Webhook webhook, Write write, Struct object) {
        return inNamespace(webhook, write, object) && (webhook.match().objects().everything()
                || labelled(webhook, write, object)
                || write.before().filter(b -> hasLabels(webhook, b)).isPresent());
    }

    private static boolean labelled(Webhook webhook, Write write, Struct object) {
        return write.operation() != Operation.DELETE && write.operation() != Operation.CONNECT
                && hasLabels(webhook, object);
    }

    private static boolean hasLabels(Webhook webhook, Struct object) {
        return webhook.match().objects().matches(object.struct("metadata").struct("labels").texts());
    }

    /// What belongs to no namespace is never excepted by one.
    private boolean inNamespace(Webhook webhook, Write write, Struct object) {
        boolean itself = ofNamespace(write.kind().gvr());
        String namespace = namespace(write);
        if (webhook.match().namespaces().everything() || namespace.isEmpty() && !itself) {
            return true;
        }
        boolean written = itself && write.subresource().isEmpty()
                && (write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE);
        return webhook.match().namespaces().matches(written ? object.struct("metadata").struct("labels").texts()
                : namespaceLabels.apply(namespace));
    }
}
