package io.k3j.ingressresources;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.ingressrouting.IngressObjects;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An object `traefik` in `kube-system` of one of Helm's kinds, which need not exist. For one thread.
public final class HelmObject implements AutoCloseable {
    static final Key NAME = new Key("kube-system", IngressObjects.NAME);
    private static final Gvr DEFINITIONS = Gvr.of("apiextensions.k8s.io/v1", "customresourcedefinitions");
    private final Key definition;
    private final LiveView definitions;
    private final LiveView objects;
    private @Nullable ApiClient following;

    private HelmObject(String kinds, LiveViews views, InstantSource clock, Runnable changed) {
        Gvr resource = Gvr.of("helm.cattle.io/v1", kinds);
        definition = Key.of(kinds + ".helm.cattle.io");
        definitions = views.of(DEFINITIONS, Query.ALL.where("metadata.name", definition.name()));
        objects = new LiveView(resource, Query.in(NAME.namespace()).where("metadata.name", NAME.name()), clock);
        objects.listen((before, after) -> changed.run());
    }

    /// The HelmChart, which takes the place of this ingress.
    public static HelmObject chart(LiveViews views, InstantSource clock, Runnable changed) {
        return new HelmObject("helmcharts", views, clock, changed);
    }

    /// The HelmChartConfig, whose values this ingress takes too.
    public static HelmObject config(LiveViews views, InstantSource clock, Runnable changed) {
        return new HelmObject("helmchartconfigs", views, clock, changed);
    }

    /// Follows it through `api` as soon as there can be one.
    ///
    /// @return whether it is known if there is one
    public boolean known(ApiClient api) {
        if (!definitions.synced()) {
            return false;
        }
        if (definitions.get(definition).isEmpty()) {
            return true;
        }
        if (following != api) {
            following = api;
            objects.attach(api);
        }
        return objects.synced();
    }

    /// Whether there can be one.
    LiveView definitions() {
        return definitions;
    }

    /// The object, also while it is being taken away.
    public Optional<Obj> get() {
        return definitions.get(definition).flatMap(d -> objects.get(NAME));
    }

    /// Whether there is one.
    public boolean present() {
        return get().isPresent();
    }

    @Override
    public void close() {
        objects.close();
    }
}
