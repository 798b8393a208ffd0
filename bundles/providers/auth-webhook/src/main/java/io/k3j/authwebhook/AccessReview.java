package io.k3j.authwebhook;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import io.k3j.codec.Json;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import io.k3j.webhookclient.CallFailure;
import java.util.List;
import java.util.stream.Stream;

/// The question to a webhook, a `SubjectAccessReview` of `authorization.k8s.io`, and its answer. Pure.
final class AccessReview {
    /// Longer texts of people are cut.
    private static final int MOST_REASON = 1024;
    private static final String GROUP = "authorization.k8s.io/";
    private static final String KIND = "SubjectAccessReview";
    private final Struct spec;

    private AccessReview(Struct spec) {
        this.spec = spec;
    }

    /// May somebody do something?
    static AccessReview of(Caller caller, Attributes what) {
        Struct.Builder spec = Struct.builder();
        if (what.path().isEmpty()) {
            spec.put("resourceAttributes", resource(what));
        } else {
            spec.put("nonResourceAttributes", Struct.of("path", what.path(), "verb", what.verb()));
        }
        spec.putUnlessEmpty("user", caller.user());
        if (!caller.groups().isEmpty()) {
            spec.put("groups", caller.groups());
        }
        if (!caller.extra().isEmpty()) {
            spec.put("extra", Struct.copyOf(caller.extra()));
        }
        return new AccessReview(spec.putUnlessEmpty("uid", caller.uid()).build());
    }

    private static Struct resource(Attributes what) {
        Struct.Builder attributes = Struct.builder().putUnlessEmpty("namespace", what.namespace())
                .putUnlessEmpty("verb", what.verb()).putUnlessEmpty("group", what.group())
                .putUnlessEmpty("version", what.version()).putUnlessEmpty("resource", what.resource())
                .putUnlessEmpty("subresource", what.subresource()).putUnlessEmpty("name", what.name());
        attributes.putUnlessEmpty("fieldSelector", selector(what.fields().requirements().stream()
                .map(one -> requirement(one.field(), one.negated() ? "NotIn" : "In", List.of(one.value())))));
        return attributes.putUnlessEmpty("labelSelector",
                selector(what.labels().requirements().stream().flatMap(AccessReview::requirement))).build();
    }

    private static Struct selector(Stream<Struct> requirements) {
        List<Struct> all = requirements.toList();
        return all.isEmpty() ? Struct.EMPTY : Struct.of("requirements", all);
    }

    /// Reviews know no order of numbers; without such a requirement more is asked for, as upstream does.
    private static Stream<Struct> requirement(Selector.Requirement one) {
        String operator = switch (one.operator()) {
            case IN -> "In";
            case NOT_IN -> "NotIn";
            case EXISTS -> "Exists";
            case DOES_NOT_EXIST -> "DoesNotExist";
            case GREATER, LESS -> "";
        };
        return operator.isEmpty() ? Stream.empty()
                : Stream.of(requirement(one.key(), operator, one.values().stream().sorted().toList()));
    }

    private static Struct requirement(String key, String operator, List<String> values) {
        return Struct.builder().put("key", key).put("operator", operator).putUnlessEmpty("values", values).build();
    }

    /// As conditions see it: all texts are there, even empty ones.
    static Struct request(Caller caller, Attributes what) {
        Struct.Builder request = Struct.builder().put("user", caller.user()).put("groups", caller.groups())
                .put("uid", caller.uid()).put("extra", Struct.copyOf(caller.extra()));
        if (!what.path().isEmpty()) {
            return request.put("nonResourceAttributes", Struct.of("verb", what.verb(), "path", what.path())).build();
        }
        Struct.Builder attributes = Struct.builder().put("namespace", what.namespace()).put("verb", what.verb())
                .put("group", what.group()).put("version", what.version()).put("resource", what.resource())
                .put("subresource", what.subresource()).put("name", what.name());
        Struct said = resource(what);
        return request.put("resourceAttributes",
                attributes.putUnlessEmpty("fieldSelector", said.struct("fieldSelector"))
                        .putUnlessEmpty("labelSelector", said.struct("labelSelector")).build())
                .build();
    }

    /// By what an answer is remembered: the whole question.
    byte[] key() {
        return Json.bytes(spec);
    }

    /// The body of the request.
    /// @param version `v1` or `v1beta1`, which names groups otherwise
    byte[] body(String version) {
        Struct said = version.equals("v1") || !spec.has("groups") ? spec
                : spec.with("group", spec.seq("groups")).without("groups");
        return Json.bytes(Struct.of("kind", KIND, "apiVersion", GROUP + version, "metadata", Struct.EMPTY, "spec",
                said, "status", Struct.of("allowed", false)));
    }

    /// What a webhook says.
    /// @throws CallFailure for what is no answer
    static Decision decision(byte[] body, String version) throws CallFailure {
        Struct answer;
        try {
            answer = Json.object(body);
        } catch (RuntimeException malformed) {
            throw new CallFailure("the answer is no JSON object");
        }
        if (!answer.text("kind").equals(KIND) || !answer.text("apiVersion").equals(GROUP + version)) {
            throw new CallFailure("the answer must be a " + KIND + " of " + GROUP + version);
        }
        Struct status = answer.struct("status");
        String said = status.text("reason");
        String reason = said.length() <= MOST_REASON ? said : said.substring(0, MOST_REASON) + "...";
        return new Decision(status.flag("denied") ? Verdict.DENY
                : status.flag("allowed") ? Verdict.ALLOW : Verdict.NO_OPINION, reason);
    }
}
