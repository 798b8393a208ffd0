package io.k3j.ingress;

import io.k3j.ingressrouting.IngressObjects;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// Whether a HelmChart `traefik` in `kube-system` has taken the place of this ingress. The kind need not exist. For one
/// thread.
final class ChartReplacement implements AutoCloseable {
    static final Key CHART = new Key("kube-system", IngressObjects.NAME);
    private static final Gvr DEFINITIONS = Gvr.of("apiextensions.k8s.io/v1", "customresourcedefinitions");
    private static final Gvr CHARTS = Gvr.of("helm.cattle.io/v1", "helmcharts");
    private static final Key DEFINITION = Key.of("helmcharts.helm.cattle.io");
    private final LiveView definitions;
    private final LiveView charts;
    private @Nullable ApiClient following;

    ChartReplacement(LiveViews views, InstantSource clock, Runnable changed) {
        definitions = views.of(DEFINITIONS, Query.ALL.where("metadata.name", DEFINITION.name()));
        charts = new LiveView(CHARTS, Query.in(CHART.namespace()).where("metadata.name", CHART.name()), clock);
        charts.listen((before, after) -> changed.run());
    }

    /// Follows charts through `api` as soon as there can be any.
    ///
    /// @return whether it is known if there is one
    boolean known(ApiClient api) {
        if (!definitions.synced()) {
            return false;
        }
        if (definitions.get(DEFINITION).isEmpty()) {
            return true;
        }
        if (following != api) {
            following = api;
            charts.attach(api);
        }
        return charts.synced();
    }

    /// Whether there can be charts.
    LiveView definitions() {
        return definitions;
    }

    /// Whether there is one, also while it is being taken away.
    boolean present() {
        return definitions.get(DEFINITION).isPresent() && charts.get(CHART).isPresent();
    }

    @Override
    public void close() {
        charts.close();
    }
}
