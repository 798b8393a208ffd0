package io.k3j.authrbac;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Unseated;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReviewsTest {
    @Test
    void aReviewKeepsItsSeatsWhileAWebhookIsAsked() {
        List<String> seen = new ArrayList<>();
        Reviews.Review review = new Reviews.Review("subjectaccessreviews", call -> {
            Unseated.run(() -> seen.add("asked"));
            return call.body();
        });
        Unseated.in(work -> {
            seen.add("seats given up");
            work.run();
        }, () -> review.perform(new Action.Call(Caller.ANONYMOUS, Key.of(""), Struct.EMPTY, false)));
        assertThat(seen).containsExactly("asked");
    }
}
