package io.k3j.admissionwebhooks;

import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.webhookclient.CallFailure;
import java.util.Map;

/// The question about the images of a pod, an `ImageReview` of `imagepolicy.k8s.io/v1alpha1`, and its answer. Pure.
final class ImageReview {
    private static final String VERSION = "imagepolicy.k8s.io/v1alpha1";
    private static final String KIND = "ImageReview";
    /// Annotations that are none of the webhook's are not shown to it.
    private static final String SHOWN = ".image-policy.k8s.io/";

    private ImageReview() {
    }

    /// What the webhook says.
    ///
    /// @param reason in its words; may be empty
    /// @param annotations for the audit
    record Answer(boolean allowed, String reason, Map<String, String> annotations) {
    }

    /// What is asked of a pod.
    ///
    /// @param ephemeral whether only the ephemeral containers are meant
    static Struct spec(String namespace, Struct pod, boolean ephemeral) {
        Struct spec = pod.struct("spec");
        Seq images = ephemeral ? images(Seq.EMPTY, spec.seq("ephemeralContainers"))
                : images(images(Seq.EMPTY, spec.seq("containers")), spec.seq("initContainers"));
        Struct.Builder annotations = Struct.builder();
        pod.struct("metadata").struct("annotations").texts().forEach((name, value) -> {
            if (name.contains(SHOWN)) {
                annotations.put(name, value);
            }
        });
        return Struct.builder().putUnlessEmpty("containers", images).putUnlessEmpty("annotations", annotations.build())
                .putUnlessEmpty("namespace", namespace).build();
    }

    private static Seq images(Seq before, Seq containers) {
        Seq all = before;
        for (Struct container : containers.structs()) {
            all = all.plus(Struct.of("image", container.text("image")));
        }
        return all;
    }

    /// The body of the request.
    static byte[] body(Struct spec) {
        return Json.bytes(Struct.of("kind", KIND, "apiVersion", VERSION, "metadata", Struct.EMPTY, "spec", spec,
                "status", Struct.of("allowed", false)));
    }

    /// @throws CallFailure for what is no answer
    static Answer answer(byte[] body) throws CallFailure {
        Struct review;
        try {
            review = Json.object(body);
        } catch (RuntimeException malformed) {
            throw new CallFailure("the answer is no JSON object");
        }
        if (!review.text("kind").equals(KIND) || !review.text("apiVersion").equals(VERSION)) {
            throw new CallFailure("the answer must be an " + KIND + " of " + VERSION);
        }
        Struct status = review.struct("status");
        return new Answer(status.flag("allowed"), status.text("reason"), status.struct("auditAnnotations").texts());
    }
}
