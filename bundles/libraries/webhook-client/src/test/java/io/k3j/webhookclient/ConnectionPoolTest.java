package io.k3j.webhookclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import org.junit.jupiter.api.Test;

class ConnectionPoolTest {
    /// A failure would let it pass where `failurePolicy` is `Ignore`.
    @Test
    void whoFindsTooManyCallsIsSentAwayAndNotPassedOver() {
        ConnectionPool pool = new ConnectionPool("", WebhookUsers.User.ANONYMOUS, WebhookClient.MOST_CALLS,
                System::nanoTime);
        for (int i = 0; i < WebhookClient.MOST_CALLS; i++) {
            pool.begin("");
        }
        assertThatThrownBy(() -> pool.begin("")).isInstanceOfSatisfying(ApiFault.class,
                no -> assertThat(no.code()).isEqualTo(429));
        pool.ended("");
        pool.begin("");
    }

    @Test
    void oneUserLeavesCallsForOthers() {
        ConnectionPool pool = new ConnectionPool("", WebhookUsers.User.ANONYMOUS, 2, System::nanoTime);
        pool.begin("eve");
        pool.begin("eve");
        assertThatThrownBy(() -> pool.begin("eve")).isInstanceOfSatisfying(ApiFault.class,
                no -> assertThat(no.code()).isEqualTo(429));
        pool.begin("alice");
        pool.ended("eve");
        pool.begin("eve");
    }
}
