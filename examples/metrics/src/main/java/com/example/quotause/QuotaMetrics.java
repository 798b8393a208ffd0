package com.example.quotause;

import io.k3j.apimachinery.Quantity;
import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.MetricText.Type;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/// Tells what quotas allow and what is used of them. Asked by many threads at once; answers from memory, keeps nothing.
final class QuotaMetrics implements Metrics {
    private final Supplier<? extends Collection<Obj>> quotas;

    /// @param quotas all there are at the moment
    QuotaMetrics(Supplier<? extends Collection<Obj>> quotas) {
        this.quotas = quotas;
    }

    @Override
    public String text() {
        List<Obj> all = quotas.get().stream().sorted(Comparator.comparing(Obj::key)).toList();
        MetricText text = new MetricText();
        text.family("resourcequota_hard", Type.GAUGE, "What a ResourceQuota allows, in the unit of the resource.");
        all.forEach(quota -> amounts(text, quota, "hard"));
        text.family("resourcequota_used", Type.GAUGE, "What is used of a ResourceQuota, in the unit of the resource.");
        all.forEach(quota -> amounts(text, quota, "used"));
        return text.toString();
    }

    private static void amounts(MetricText text, Obj quota, String field) {
        Struct amounts = quota.status().struct(field);
        for (String resource : amounts.names()) {
            text.value(Quantity.of(amounts.get(resource)).amount(), "namespace", quota.namespace(), "resourcequota",
                    quota.name(), "resource", resource);
        }
    }
}
