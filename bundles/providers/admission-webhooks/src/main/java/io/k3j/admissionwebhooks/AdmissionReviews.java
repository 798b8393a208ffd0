package io.k3j.admissionwebhooks;

import io.k3j.admissionmatching.AdmissionObjects;
import io.k3j.admissionmatching.AdmissionRequests;
import io.k3j.admissionmatching.MatchedRequest;
import io.k3j.apiserverapi.Write;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.webhookclient.CallFailure;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// AdmissionReviews of `admission.k8s.io/v1`: what a webhook is told, and whether its answer is one. Pure. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request>.
final class AdmissionReviews {
    private static final String VERSION = "admission.k8s.io/v1";
    private static final String KIND = "AdmissionReview";
    /// Under which upstream counts a patch of another type.
    private static final int UNSUPPORTED = 400;

    private AdmissionReviews() {
    }

    /// What a webhook has said.
    /// @param status of a refusal, maybe empty
    /// @param patch null: none
    /// @param annotations for the audit, without the webhook's name
    record Answer(boolean allowed, Struct status, @Nullable Seq patch, List<String> warnings,
            Map<String, String> annotations) {
    }

    /// The question, its fields in the order of upstream's: small webhooks look no further than for the uid.
    static Struct request(String uid, MatchedRequest matched, Write write, AdmissionObjects objects) {
        Struct.Builder request = Struct.builder().put("uid", uid);
        AdmissionRequests.of(matched, write).forEach((name, value) -> {
            if (name.equals("dryRun")) {
                request.put("object", orNull(objects.object())).put("oldObject", orNull(objects.old()));
            }
            request.put(name, value);
        });
        return Struct.of("kind", KIND, "apiVersion", VERSION, "request", request.build());
    }

    private static Object orNull(@Nullable Struct object) {
        return object == null ? Null.NULL : object;
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
                response.seq("warnings").texts(), response.struct("auditAnnotations").texts());
    }

    private static Struct parsed(byte[] body) throws CallFailure {
        try {
            return Json.object(body);
        } catch (MalformedInput e) {
            throw new CallFailure("failed to call webhook: " + e.getMessage());
        }
    }

    /// What stands in the patch of somebody who refuses does not matter.
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
        return patch.isEmpty() || !response.flag("allowed") ? null : operations(patch, type);
    }

    private static Seq operations(String patch, String type) throws CallFailure {
        if (type.isEmpty()) {
            throw invalid("webhook returned invalid response.patchType of \"\"");
        }
        if (!type.equals("JSONPatch")) {
            throw new CallFailure("unsupported patch type \"" + cut(type) + "\"", UNSUPPORTED);
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
