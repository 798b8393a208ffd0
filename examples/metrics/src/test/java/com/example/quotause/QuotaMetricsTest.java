package com.example.quotause;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Metrics;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.MetricsContract;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Keeps what everybody promises who tells metrics, and tells what quotas say.
class QuotaMetricsTest extends MetricsContract {
    private final Metrics metrics = new QuotaMetrics(() -> List.of(
            quota("shop", "small", Struct.of("requests.cpu", "2", "pods", "10"),
                    Struct.of("requests.cpu", "1500m", "pods", "3")),
            quota("bank", "new", Struct.EMPTY, Struct.EMPTY)));

    private static Obj quota(String namespace, String name, Struct hard, Struct used) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "ResourceQuota", "metadata",
                Struct.of("name", name, "namespace", namespace), "status", Struct.of("hard", hard, "used", used)));
    }

    @Override
    protected Metrics metrics() {
        return metrics;
    }

    @Test
    void tellsWhatIsAllowedAndWhatIsUsed() {
        assertThat(metrics.text()).contains(
                "resourcequota_hard{namespace=\"shop\",resourcequota=\"small\",resource=\"requests.cpu\"} 2",
                "resourcequota_used{namespace=\"shop\",resourcequota=\"small\",resource=\"requests.cpu\"} 1.5",
                "resourcequota_used{namespace=\"shop\",resourcequota=\"small\",resource=\"pods\"} 3");
    }

    @Test
    void aQuotaThatNobodyHasCountedYetIsNotTold() {
        assertThat(metrics.text()).doesNotContain("bank");
    }
}
