package io.k3j.metricstext;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.metricstext.CustomResourceMetrics.Outcome;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CustomResourceMetricsTest {
    private static final long MILLI = 1_000_000;
    private final AtomicLong clock = new AtomicLong();
    private final CustomResourceMetrics metrics = new CustomResourceMetrics(clock::get);

    private void call(String definition, Outcome outcome, long millis) {
        try (CustomResourceMetrics.Call call = metrics.call(definition, "v1", "v2")) {
            clock.addAndGet(millis * MILLI);
            call.ends(outcome);
        }
    }

    @Test
    void callsHaveUpstreamsBounds() {
        call("a.x.io", Outcome.SUCCESS, 3);
        call("a.x.io", Outcome.PARTIAL, 40_000);
        assertThat(metrics.text()).contains(
                "apiserver_conversion_webhook_duration_seconds_bucket{failure_type=\"\",result=\"success\",le=\"0.005\"} 1\n",
                "apiserver_conversion_webhook_duration_seconds_bucket{failure_type=\"conversion_webhook_partial_response"
                        + "_failure\",result=\"failure\",le=\"45\"} 1\n",
                "apiserver_crd_conversion_webhook_duration_seconds_bucket{crd_name=\"a.x.io\",from_version=\"v1\","
                        + "succeeded=\"true\",to_version=\"v2\",le=\"0.002\"} 0\n",
                "succeeded=\"true\",to_version=\"v2\",le=\"0.004\"} 1\n", "le=\"16.384\"} 0\n");
    }

    @Test
    void whoThrowsHasFailedToCall() {
        try (CustomResourceMetrics.Call call = metrics.call("a.x.io", "v1", "v2")) {
            assertThat(call).isNotNull();
        }
        assertThat(metrics.text())
                .contains("apiserver_conversion_webhook_request_total{failure_type=\"conversion_webhook"
                        + "_call_failure\",result=\"failure\"} 1\n");
    }

    @Test
    void definitionsThatHaveGoneAreForgotten() {
        call("a.x.io", Outcome.SUCCESS, 1);
        call("b.x.io", Outcome.SUCCESS, 1);
        metrics.retain(Set.of("b.x.io"));
        assertThat(metrics.text()).doesNotContain("a.x.io").contains("b.x.io",
                "apiserver_conversion_webhook_request_total{failure_type=\"\",result=\"success\"} 2\n");
    }
}
