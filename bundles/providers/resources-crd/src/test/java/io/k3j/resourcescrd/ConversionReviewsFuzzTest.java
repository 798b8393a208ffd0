package io.k3j.resourcescrd;

import io.k3j.testkitbase.Fuzzing;
import io.k3j.webhookclient.CallFailure;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// What a conversion webhook answers is an answer or a failure of the call.
public class ConversionReviewsFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> ConversionReviews.answer("v1", "u", input), CallFailure.class);
        Fuzzing.parse(() -> ConversionReviews.answer("v1beta1", "u", input), CallFailure.class);
    }

    @Test
    void isAnAnswerOrAFailure() throws IOException {
        String review = "{\"apiVersion\":\"apiextensions.k8s.io/v1\",\"kind\":\"ConversionReview\","
                + "\"response\":{\"uid\":\"u\",";
        Fuzzing.run(ConversionReviewsFuzzTest::fuzzerTestOneInput, Fuzzing.texts(
                review + "\"result\":{\"status\":\"Success\"},\"convertedObjects\":[{\"kind\":\"A\"}]}}",
                review + "\"result\":{\"status\":\"Failed\",\"message\":\"no\"}}}"));
    }
}
