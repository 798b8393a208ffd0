package io.k3j.metricstext;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.metricstext.MatchConditionMetrics.Asked;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MatchConditionMetricsTest {
    private final MatchConditionMetrics metrics = new MatchConditionMetrics("webhook");

    private String text() {
        MetricText text = new MetricText();
        metrics.to(text);
        return text.toString();
    }

    @Test
    void haveUpstreamsNamesLabelsAndBounds() {
        metrics.unmatched(new Asked("a.x.io", "admit", "CREATE"), 2, 3_000_000);
        metrics.excluded(new Asked("a.x.io", "admit", "CREATE"));
        metrics.unmatched(new Asked("b.x.io", "validating", "DELETE"), 0, 500_000);
        String a = "{kind=\"webhook\",name=\"a.x.io\",operation=\"CREATE\",type=\"admit\"";
        String b = "{kind=\"webhook\",name=\"b.x.io\",operation=\"DELETE\",type=\"validating\"";
        String prefix = "apiserver_admission_match_condition_";
        assertThat(text().lines()).filteredOn(l -> !l.startsWith("#")).containsExactly(
                prefix + "evaluation_errors_total" + a + "} 2", prefix + "exclusions_total" + a + "} 1",
                prefix + "evaluation_seconds_bucket" + a + ",le=\"0.001\"} 0",
                prefix + "evaluation_seconds_bucket" + a + ",le=\"0.005\"} 1",
                prefix + "evaluation_seconds_bucket" + a + ",le=\"0.01\"} 1",
                prefix + "evaluation_seconds_bucket" + a + ",le=\"0.025\"} 1",
                prefix + "evaluation_seconds_bucket" + a + ",le=\"0.1\"} 1",
                prefix + "evaluation_seconds_bucket" + a + ",le=\"0.2\"} 1",
                prefix + "evaluation_seconds_bucket" + a + ",le=\"0.25\"} 1",
                prefix + "evaluation_seconds_bucket" + a + ",le=\"+Inf\"} 1",
                prefix + "evaluation_seconds_sum" + a + "} 0.003",
                prefix + "evaluation_seconds_count" + a + "} 1",
                prefix + "evaluation_seconds_bucket" + b + ",le=\"0.001\"} 1",
                prefix + "evaluation_seconds_bucket" + b + ",le=\"0.005\"} 1",
                prefix + "evaluation_seconds_bucket" + b + ",le=\"0.01\"} 1",
                prefix + "evaluation_seconds_bucket" + b + ",le=\"0.025\"} 1",
                prefix + "evaluation_seconds_bucket" + b + ",le=\"0.1\"} 1",
                prefix + "evaluation_seconds_bucket" + b + ",le=\"0.2\"} 1",
                prefix + "evaluation_seconds_bucket" + b + ",le=\"0.25\"} 1",
                prefix + "evaluation_seconds_bucket" + b + ",le=\"+Inf\"} 1",
                prefix + "evaluation_seconds_sum" + b + "} 5.0E-4",
                prefix + "evaluation_seconds_count" + b + "} 1");
    }

    @Test
    void forgetWhatIsGone() {
        metrics.unmatched(new Asked("a", "admit", "CREATE"), 1, 1);
        metrics.unmatched(new Asked("b", "admit", "CREATE"), 1, 1);
        metrics.retain(Set.of("b"));
        assertThat(text()).contains("name=\"b\"").doesNotContain("name=\"a\"");
    }
}
