package io.k3j.admissionwebhooks;

import io.k3j.testkitbase.Fuzzing;
import io.k3j.webhookclient.CallFailure;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// What a webhook answers is an answer or a failure of the call.
public class AdmissionReviewsFuzzTest {
    private static final String REVIEW = "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\","
            + "\"response\":{\"uid\":\"u\",\"allowed\":true,";

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> AdmissionReviews.answer("u", true, input), CallFailure.class);
        Fuzzing.parse(() -> AdmissionReviews.answer("u", false, input), CallFailure.class);
    }

    @Test
    void isAnAnswerOrAFailure() throws IOException {
        Fuzzing.run(AdmissionReviewsFuzzTest::fuzzerTestOneInput, Fuzzing.texts(
                REVIEW + "\"patchType\":\"JSONPatch\",\"patch\":\"W3sib3AiOiJyZW1vdmUiLCJwYXRoIjoiL2EifV0=\"}}",
                REVIEW + "\"warnings\":[\"a\",5],\"auditAnnotations\":{\"b\":\"c\"},\"status\":{\"code\":418}}}"));
    }
}
