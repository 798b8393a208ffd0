package io.k3j.admissionmatching;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Who is asked of a write. Any thread.
public final class RequestMatcher {
    /// Whoever could refuse these could not be removed any more.
    private static final Set<String> CONFIGURATIONS = Set.of("ValidatingWebhookConfiguration",
            "MutatingWebhookConfiguration", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
            "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding");
    /// Their resources are questions (reviews), upstream's `excludedAdmissionResources`: webhook servers ask them to
    /// find out who calls.
    private static final Set<String> QUESTIONS = Set.of("authentication.k8s.io", "authorization.k8s.io");
    private static final String REGISTRATION = "admissionregistration.k8s.io";
    private final RequestNamespace namespaces;

    /// @param namespaces whose labels are compared
    public RequestMatcher(RequestNamespace namespaces) {
        this.namespaces = namespaces;
    }

    /// Whether neither a webhook nor a policy is ever asked of such a write.
    public static boolean exempt(Write write) {
        String group = write.kind().gvk().group();
        return QUESTIONS.contains(group)
                || group.equals(REGISTRATION) && CONFIGURATIONS.contains(write.kind().gvk().kind());
    }

    /// The form in which a request is shown to somebody, empty when he is not asked.
    /// @param object as it is now, with the labels that others have given it
    /// @throws io.k3j.clientapi.ApiFault 404 when the namespace is needed and not there
    public Optional<MatchedRequest> matched(MatchCriteria criteria, Write write, Struct object) {
        return matched(criteria, write).filter(_ -> selected(criteria, write, object));
    }

    /// The same by rules only, before selectors are looked at. Cheap.
    public static Optional<MatchedRequest> matched(MatchCriteria criteria, Write write) {
        if (!criteria.excluded().isEmpty() && ruled(criteria.excluded(), criteria, write).isPresent()) {
            return Optional.empty();
        }
        Optional<ResourceKind> resource = criteria.rules().isEmpty() ? Optional.of(write.kind())
                : ruled(criteria.rules(), criteria, write);
        return resource.map(r -> MatchedRequest.of(r, write));
    }

    /// The resource by which one of the rules matches; its own goes before others.
    private static Optional<ResourceKind> ruled(List<AdmissionRule> rules, MatchCriteria criteria, Write write) {
        if (matches(rules, write, write.kind())) {
            return Optional.of(write.kind());
        }
        if (!criteria.equivalent()) {
            return Optional.empty();
        }
        List<ResourceKind> equivalents = write.context().equivalents();
        for (AdmissionRule rule : equivalents.isEmpty() ? List.<AdmissionRule>of() : rules) {
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

    private static boolean matches(List<AdmissionRule> rules, Write write, ResourceKind resource) {
        boolean namespaced = !namespace(write).isEmpty();
        for (AdmissionRule rule : rules) {
            if (rule.matches(write.operation(), resource.gvr(), write.subresource(), namespaced)
                    && rule.named(write.key().name())) {
                return true;
            }
        }
        return false;
    }

    /// The namespace of the request; of one for a Namespace, that itself.
    public static String namespace(Write write) {
        return ofNamespace(write.kind().gvr()) ? write.key().name() : write.key().namespace();
    }

    private static boolean ofNamespace(Gvr resource) {
        return resource.resource().equals("namespaces") && resource.group().isEmpty();
    }

    private boolean selected(MatchCriteria criteria, Write write, Struct object) {
        return inNamespace(criteria, write, object) && (criteria.objects().everything()
                || labelled(criteria, write, object)
                || write.before().filter(b -> hasLabels(criteria, b)).isPresent());
    }

    private static boolean labelled(MatchCriteria criteria, Write write, Struct object) {
        return write.operation() != Operation.DELETE && write.operation() != Operation.CONNECT
                && hasLabels(criteria, object);
    }

    private static boolean hasLabels(MatchCriteria criteria, Struct object) {
        return criteria.objects().matches(object.struct("metadata").struct("labels").texts());
    }

    /// What belongs to no namespace is never excepted by one.
    private boolean inNamespace(MatchCriteria criteria, Write write, Struct object) {
        boolean itself = ofNamespace(write.kind().gvr());
        String namespace = namespace(write);
        if (criteria.namespaces().everything() || namespace.isEmpty() && !itself) {
            return true;
        }
        boolean written = itself && write.subresource().isEmpty()
                && (write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE);
        Optional<Struct> known = written ? Optional.of(object) : write.before().filter(_ -> itself);
        return criteria.namespaces().matches(known.map(o -> o.struct("metadata").struct("labels").texts())
                .orElseGet(() -> namespaces.of(write, namespace).labels()));
    }
}
