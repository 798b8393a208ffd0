package io.k3j.admissionmatching;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Null;
import io.k3j.model.Struct;

/// The request itself, without objects, as a `request` of `admission.k8s.io/v1`: what an AdmissionReview and the
/// variable `request` of policies have in common. Pure.
public final class AdmissionRequests {
    private AdmissionRequests() {
    }

    /// The request in the form of a match.
    public static Struct of(MatchedRequest matched, Write write) {
        ResourceKind asked = write.kind();
        return Struct.builder().put("kind", kind(matched.kind())).put("resource", resource(matched.resource().gvr()))
                .putUnlessEmpty("subResource", write.subresource())
                .put("requestKind", kind(MatchedRequest.kind(asked, write.subresource())))
                .put("requestResource", resource(asked.gvr()))
                .putUnlessEmpty("requestSubResource", write.subresource()).putUnlessEmpty("name", write.key().name())
                .putUnlessEmpty("namespace", RequestMatcher.namespace(write))
                .put("operation", write.operation().name()).put("userInfo", user(write.caller()))
                .put("dryRun", write.dryRun()).put("options", options(write)).build();
    }

    private static Struct kind(Gvk kind) {
        return Struct.of("group", kind.group(), "version", kind.version(), "kind", kind.kind());
    }

    private static Struct resource(Gvr resource) {
        return Struct.of("group", resource.group(), "version", resource.version(), "resource", resource.resource());
    }

    private static Struct user(Caller caller) {
        return Struct.builder().putUnlessEmpty("username", caller.user()).putUnlessEmpty("uid", caller.uid())
                .putUnlessEmpty("groups", caller.groups()).putUnlessEmpty("extra", caller.extra()).build();
    }

    /// A patch has the options of an update, as upstream; a connection has none.
    private static Object options(Write write) {
        String kind = switch (write.operation()) {
            case CREATE -> "CreateOptions";
            case UPDATE -> "UpdateOptions";
            case DELETE -> "DeleteOptions";
            case CONNECT -> "";
        };
        return kind.isEmpty() ? Null.NULL
                : write.options().with("kind", kind).with("apiVersion", "meta.k8s.io/v1");
    }
}
