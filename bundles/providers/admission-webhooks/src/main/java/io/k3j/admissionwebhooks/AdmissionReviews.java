package io.k3j.admissionwebhooks;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.webhookclient.CallFailure;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// AdmissionReviews of `admission.k8s.io/v1`: what a webhook is told, and whether its answer is one. Pure. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request>.
final class AdmissionReviews {
    private static final String VERSION = "admission.k8s.io/v1";
    private static final String KIND = "AdmissionReview";

    private AdmissionReviews() {
    }

    /// What a webhook has said.
    /// @param status of a refusal, maybe empty
    /// @param patch null: none
    record Answer(boolean allowed, Struct status, @Nullable Seq patch, List<String> warnings) {
    }

    /// The forms of the object that a webhook is shown; null: there is none.
    record Objects(@Nullable Struct object, @Nullable Struct old) {
        /// In the form of an invocation. What goes is an old object only.
        static Objects of(Invocation invocation, Write write, Struct object) {
            Struct now = write.operation() == Operation.DELETE ? null : form(invocation, write, object);
            Struct old = write.before().map(b -> form(invocation, write, b)).orElse(null);
            boolean update = write.operation() == Operation.UPDATE;
            return new Objects(now == null || !update ? now : revised(write, now),
                    old == null ? null : revised(write, old));
        }

        private static Struct form(Invocation invocation, Write write, Struct object) {
            boolean named = !object.text("kind").isEmpty();
            Gvk kind = write.kind().gvk();
            return write.context().converted(named ? object
                    : object.with("apiVersion", kind.apiVersion()).with("kind", kind.kind()), invocation.resource());
        }

        private static Struct revised(Write write, Struct object) {
            return write.context().revision() == 0 ? object
                    : object.withAt(Long.toString(write.context().revision()), "metadata", "resourceVersion");
        }
    }

    /// The question.
    static Struct request(String uid, Invocation invocation, Write write, Objects objects) {
        ResourceKind asked = write.kind();
        Struct request = Struct.builder().put("uid", uid).put("kind", kind(invocation.kind()))
                .put("resource", resource(invocation.resource().gvr()))
                .putUnlessEmpty("subResource", write.subresource())
                .put("requestKind", kind(Invocation.kind(asked, write.subresource())))
                .put("requestResource", resource(asked.gvr()))
                .putUnlessEmpty("requestSubResource", write.subresource()).putUnlessEmpty("name", write.key().name())
                .putUnlessEmpty("namespace", WebhookMatcher.namespace(write)).put("operation", write.operation().name())
                .put("userInfo", user(write.caller())).put("object", orNull(objects.object()))
                .put("oldObject", orNull(objects.old())).put("dryRun", write.dryRun()).put("options", options(write))
                .build();
        return Struct.of("kind", KIND, "apiVersion", VERSION, "request", request);
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

    private static Object orNull(@Nullable Struct object) {
        return object == null ? Null.NULL : object;
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

    /// The answer to a question.
    /// @throws CallFailure for what is none
    static Answer answer(String uid, boolean mutating, byte[] body) throws CallFailure {
        Struct review = parsed(body);
        if (!(review.get("response") instanceof Struct response)) {
            throw invalid("webhook response was absent");
        }
        if (!response.text("uid").equals(uid)) {
            throw invalid("expected response.uid=\"" + uid + "\", got \"" + cut(response.text("uid")) + "\"");
        }
        if (!review.text("apiVersion").equals(VERSION) || !review.text("kind").equals(KIND)) {
            throw invalid("expected webhook response of " + VERSION + ", Kind=" + KIND + ", got "
                    + cut(review.text("apiVersion")) + ", Kind=" + cut(review.text("kind")));
        }
        return new Answer(response.flag("allowed"), response.struct("status"), patch(response, mutating),
                response.seq("warnings").texts());
    }

    private static Struct parsed(byte[] body) throws CallFailure {
        try {
            return Json.object(body);
        } catch (MalformedInput e) {
            throw new CallFailure("failed to call webhook: " + e.getMessage());
        }
    }

    private static @Nullable Seq patch(Struct response, boolean mutating) throws CallFailure {
        String patch = response.text("patch");
        boolean typed = response.get("patchType") instanceof String;
        String type = response.text("patchType");
        if (!mutating) {
            if (!patch.isEmpty()) {
                throw invalid("validating webhook may not return response.patch");
            }
            if (typed) {
                throw invalid("validating webhook may not return response.patchType");
            }
            return null;
        }
        if (patch.isEmpty() == typed) {
            throw invalid(typed ? "webhook returned response.patchType but not response.patch"
                    : "webhook returned response.patch but not response.patchType");
        }
        return patch.isEmpty() ? null : operations(patch, type);
    }

    private static Seq operations(String patch, String type) throws CallFailure {
        if (type.isEmpty()) {
            throw invalid("webhook returned invalid response.patchType of \"\"");
        }
        if (!type.equals("JSONPatch")) {
            throw new CallFailure("unsupported patch type \"" + cut(type) + "\"");
        }
        try {
            if (Json.value(Base64.getDecoder().decode(patch)) instanceof Seq operations) {
                return operations;
            }
            throw new CallFailure("received undecodable patch in webhook response: it is no list");
        } catch (IllegalArgumentException | MalformedInput e) {
            throw new CallFailure("received undecodable patch in webhook response: " + e.getMessage());
        }
    }

    private static CallFailure invalid(String why) {
        return new CallFailure("received invalid webhook response: " + why);
    }

    private static String cut(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }
}
