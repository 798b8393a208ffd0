package io.k3j.clients;

import com.google.gson.reflect.TypeToken;
import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.informer.ResourceEventHandler;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ConfigMapList;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.util.Config;
import io.kubernetes.client.util.PatchUtils;
import io.kubernetes.client.util.Watch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The official client.
final class Official implements Client {
    private static final int NOT_FOUND = 404;

    private final ApiClient client;
    private final CoreV1Api api;

    Official(Path kubeconfig) throws IOException {
        client = Config.fromConfig(kubeconfig.toString());
        // a watch may be quiet for longer than any time limit
        client.setHttpClient(client.getHttpClient().newBuilder().readTimeout(Duration.ZERO).build());
        api = new CoreV1Api(client);
    }

    private static V1ConfigMap map(String name, Map<String, String> data) {
        return new V1ConfigMap().apiVersion("v1").kind("ConfigMap")
                .metadata(new V1ObjectMeta().name(name).namespace(NAMESPACE)).data(data);
    }

    private static Seen seen(V1ConfigMap map) {
        V1ObjectMeta metadata = metadata(map);
        return new Seen(metadata.getName(), metadata.getResourceVersion(),
                Objects.requireNonNullElse(metadata.getLabels(), Map.of()),
                Objects.requireNonNullElse(map.getData(), Map.of()));
    }

    private static V1ObjectMeta metadata(V1ConfigMap map) {
        return Objects.requireNonNull(map.getMetadata());
    }

    @Override
    public void createNamespace() throws ApiException {
        api.createNamespace(new V1Namespace().metadata(new V1ObjectMeta().name(NAMESPACE))).execute();
    }

    @Override
    public Seen create(String name, Map<String, String> data) throws ApiException {
        return seen(api.createNamespacedConfigMap(NAMESPACE, map(name, data)).execute());
    }

    @Override
    public @Nullable Seen get(String name) throws ApiException {
        try {
            return seen(api.readNamespacedConfigMap(name, NAMESPACE).execute());
        } catch (ApiException e) {
            if (e.getCode() == NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    @Override
    public List<String> list() throws ApiException {
        return api.listNamespacedConfigMap(NAMESPACE).execute().getItems().stream().map(map -> metadata(map).getName())
                .toList();
    }

    @Override
    public Seen replace(String name, Map<String, String> data) throws ApiException {
        V1ConfigMap map = api.readNamespacedConfigMap(name, NAMESPACE).execute();
        return seen(api.replaceNamespacedConfigMap(name, NAMESPACE, map.data(data)).execute());
    }

    @Override
    public Seen patch(String name, Patch kind, String body) throws ApiException {
        return patch(name, body, switch (kind) {
            case JSON -> V1Patch.PATCH_FORMAT_JSON_PATCH;
            case MERGE -> V1Patch.PATCH_FORMAT_JSON_MERGE_PATCH;
            case STRATEGIC -> V1Patch.PATCH_FORMAT_STRATEGIC_MERGE_PATCH;
        });
    }

    private Seen patch(String name, String body, String format) throws ApiException {
        String manager = format.equals(V1Patch.PATCH_FORMAT_APPLY_YAML) ? "clients-itest" : null;
        return seen(PatchUtils.patch(V1ConfigMap.class,
                () -> api.patchNamespacedConfigMap(name, NAMESPACE, new V1Patch(body)).fieldManager(manager)
                        .buildCall(null),
                format, client));
    }

    @Override
    public Seen apply(String name, Map<String, String> data) throws ApiException {
        return patch(name, JSON.serialize(map(name, data)), V1Patch.PATCH_FORMAT_APPLY_YAML);
    }

    @Override
    public void delete(String name) throws ApiException {
        api.deleteNamespacedConfigMap(name, NAMESPACE).execute();
    }

    @Override
    public AutoCloseable watch(Consumer<Event> events) throws ApiException {
        String revision = Objects.requireNonNull(api.listNamespacedConfigMap(NAMESPACE).execute().getMetadata())
                .getResourceVersion();
        Watch<V1ConfigMap> watch = Watch.createWatch(client, api.listNamespacedConfigMap(NAMESPACE)
                .resourceVersion(revision).watch(true).buildCall(null), new TypeToken<Watch.Response<V1ConfigMap>>() {
                }.getType());
        Thread reader = Thread.ofVirtual().start(() -> {
            try {
                watch.forEach(response -> events.accept(event(response.type, response.object)));
            } catch (RuntimeException e) {
                // the end of a closed watch
                events.accept(new Event("CLOSED", e.toString(), ""));
            }
        });
        return () -> {
            watch.close();
            reader.join();
        };
    }

    @Override
    public AutoCloseable inform(Consumer<Event> events) {
        SharedInformerFactory factory = new SharedInformerFactory(client);
        factory.sharedIndexInformerFor(
                call -> api.listNamespacedConfigMap(NAMESPACE).resourceVersion(call.resourceVersion)
                        .timeoutSeconds(call.timeoutSeconds).watch(call.watch).buildCall(null),
                V1ConfigMap.class, V1ConfigMapList.class).addEventHandler(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(V1ConfigMap map) {
                        events.accept(event("ADDED", map));
                    }

                    @Override
                    public void onUpdate(V1ConfigMap old, V1ConfigMap map) {
                        if (!metadata(old).getResourceVersion().equals(metadata(map).getResourceVersion())) {
                            events.accept(event("MODIFIED", map));
                        }
                    }

                    @Override
                    public void onDelete(V1ConfigMap map, boolean finalStateUnknown) {
                        events.accept(event("DELETED", map));
                    }
                });
        factory.startAllRegisteredInformers();
        return factory::stopAllRegisteredInformers;
    }

    private static Event event(String type, V1ConfigMap map) {
        return new Event(type, metadata(map).getName(), metadata(map).getResourceVersion());
    }

    @Override
    public void close() {
        client.getHttpClient().dispatcher().executorService().shutdown();
        client.getHttpClient().connectionPool().evictAll();
    }

    @Override
    public String toString() {
        return "official";
    }
}
