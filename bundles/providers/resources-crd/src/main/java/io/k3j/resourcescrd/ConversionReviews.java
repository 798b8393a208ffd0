package io.k3j.resourcescrd;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.webhookclient.CallFailure;
import java.util.List;

/// ConversionReviews, version 1, and v1beta1 for webhooks that take nothing newer. Pure. See
/// <https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/>.
final class ConversionReviews {
    private static final String GROUP = "apiextensions.k8s.io";
    private static final List<String> KNOWN = List.of("v1", "v1beta1");
    private static final int LONGEST = 1_024;

    private ConversionReviews() {
    }

    /// The version to speak: the first that a webhook names and that is known here.
    /// @throws CallFailure when there is none
    static String version(Struct webhook) throws CallFailure {
        return webhook.seq("conversionReviewVersions").texts().stream().filter(KNOWN::contains).findFirst()
                .orElseThrow(() -> new CallFailure("no supported conversion review versions"));
    }

    /// The question.
    static byte[] request(String version, String uid, List<Struct> objects, Gvk to) {
        return Json.bytes(Struct.of("kind", "ConversionReview", "apiVersion", GROUP + "/" + version, "request",
                Struct.of("uid", uid, "desiredAPIVersion", to.apiVersion(), "objects", Seq.copyOf(objects))));
    }

    /// The objects of an answer, as they are in it.
    /// @throws CallFailure for one that is none, or that says no
    static Seq answer(String version, String uid, byte[] body) throws CallFailure {
        Struct review;
        try {
            review = Json.object(body);
        } catch (MalformedInput e) {
            throw new CallFailure(String.valueOf(e.getMessage()));
        }
        boolean strict = version.equals("v1");
        Gvk got = Gvk.of(review.text("apiVersion"), review.text("kind"));
        Gvk expected = new Gvk(GROUP, version, "ConversionReview");
        if (strict && !got.equals(expected)) {
            throw new CallFailure("expected webhook response of " + shown(expected) + ", got " + shown(got));
        }
        if (!(review.get("response") instanceof Struct response)) {
            throw new CallFailure("no response provided");
        }
        if (strict && !response.text("uid").equals(uid)) {
            throw new CallFailure("expected response.uid=\"" + uid + "\", got \"" + cut(response.text("uid")) + "\"");
        }
        Struct result = response.struct("result");
        if (!result.text("status").equals("Success")) {
            throw new CallFailure(result.text("message").isBlank()
                    ? "response.result.status was '" + cut(result.text("status")) + "', not 'Success'"
                    : cut(result.text("message")));
        }
        return response.seq("convertedObjects");
    }

    /// A kind as upstream's messages have it.
    static String shown(Gvk kind) {
        return kind.apiVersion() + ", Kind=" + kind.kind();
    }

    /// Of what a webhook says, so much stands in a message.
    static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }
}
