package io.k3j.clients;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The fabric8 client.
final class Fabric8 implements Client {
    private final KubernetesClient client;

    Fabric8(Path kubeconfig) {
        client = new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig.toFile())).build();
    }

    private NonNamespaceOperation<ConfigMap, ConfigMapList, Resource<ConfigMap>> maps() {
        return client.configMaps().inNamespace(NAMESPACE);
    }

    private static ConfigMap map(String name, Map<String, String> data) {
        return new ConfigMapBuilder().withNewMetadata().withName(name).withNamespace(NAMESPACE).endMetadata()
                .withData(data).build();
    }

    private static Seen seen(ConfigMap map) {
        return new Seen(map.getMetadata().getName(), map.getMetadata().getResourceVersion(),
                Objects.requireNonNullElse(map.getMetadata().getLabels(), Map.of()),
                Objects.requireNonNullElse(map.getData(), Map.of()));
    }

    @Override
    public void createNamespace() {
        client.namespaces().resource(new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
                .create();
    }

    @Override
    public Seen create(String name, Map<String, String> data) {
        return seen(maps().resource(map(name, data)).create());
    }

    @Override
    public @Nullable Seen get(String name) {
        ConfigMap map = maps().withName(name).get();
        return map == null ? null : seen(map);
    }

    @Override
    public List<String> list() {
        return maps().list().getItems().stream().map(map -> map.getMetadata().getName()).toList();
    }

    @Override
    public Seen replace(String name, Map<String, String> data) {
        ConfigMap map = maps().withName(name).get();
        map.setData(data);
        return seen(maps().resource(map).update());
    }

    @Override
    public Seen patch(String name, Patch kind, String body) {
        PatchType type = switch (kind) {
            case JSON -> PatchType.JSON;
            case MERGE -> PatchType.JSON_MERGE;
            case STRATEGIC -> PatchType.STRATEGIC_MERGE;
        };
        return seen(maps().withName(name).patch(PatchContext.of(type), body));
    }

    @Override
    public Seen apply(String name, Map<String, String> data) {
        return seen(maps().resource(map(name, data)).fieldManager("clients-itest").serverSideApply());
    }

    @Override
    public void delete(String name) {
        maps().withName(name).delete();
    }

    @Override
    public AutoCloseable watch(Consumer<Event> events) {
        return maps().watch(new ListOptionsBuilder()
                .withResourceVersion(maps().list().getMetadata().getResourceVersion()).build(), new Watcher<>() {
                    @Override
                    public void eventReceived(Action action, ConfigMap map) {
                        events.accept(event(action.name(), map));
                    }

                    @Override
                    public void onClose(WatcherException cause) {
                        events.accept(new Event("CLOSED", String.valueOf(cause), ""));
                    }
                });
    }

    @Override
    public AutoCloseable inform(Consumer<Event> events) {
        return maps().inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(ConfigMap map) {
                events.accept(event("ADDED", map));
            }

            @Override
            public void onUpdate(ConfigMap old, ConfigMap map) {
                if (!old.getMetadata().getResourceVersion().equals(map.getMetadata().getResourceVersion())) {
                    events.accept(event("MODIFIED", map));
                }
            }

            @Override
            public void onDelete(ConfigMap map, boolean finalStateUnknown) {
                events.accept(event("DELETED", map));
            }
        });
    }

    private static Event event(String type, ConfigMap map) {
        return new Event(type, map.getMetadata().getName(), map.getMetadata().getResourceVersion());
    }

    @Override
    public void close() {
        client.close();
    }

    @Override
    public String toString() {
        return "fabric8";
    }
}
