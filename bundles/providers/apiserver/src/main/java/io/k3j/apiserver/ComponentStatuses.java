package io.k3j.apiserver;

import io.k3j.apirequests.Request;
import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.objectregistry.ListPage;
import io.k3j.objectregistry.Storage;
import io.k3j.objectregistry.Target;
import io.k3j.watchcache.Item;
import java.io.IOException;
import java.util.List;

/// `componentstatuses`, deprecated but still read by `kubectl get cs`: computed for each request. Scheduler and
/// controllers run in this process and count as healthy; the datastore is healthy when it answers.
final class ComponentStatuses {
    private static final List<String> NAMES = List.of("controller-manager", "etcd-0", "scheduler");
    private final ReadHandler answers;
    private final Storage storage;

    ComponentStatuses(ReadHandler answers, Storage storage) {
        this.answers = answers;
        this.storage = storage;
    }

    /// Serves get and list.
    /// @throws io.k3j.clientapi.ApiFault 404 for an unknown name
    void serve(Request request, Target target) throws IOException {
        String name = request.info().name();
        if (name.isEmpty()) {
            answers.page(request, target,
                    new ListPage(NAMES.stream().map(this::status).toList(), storage.log().newest().revision(), "", 0));
        } else if (NAMES.contains(name)) {
            answers.object(request, target, 200, status(name));
        } else {
            throw target.notFound(name);
        }
    }

    private Item status(String name) {
        boolean away = name.equals("etcd-0") && storage.store().await(0) == null;
        Struct condition = Struct.of("type", "Healthy", "status", away ? "False" : "True", "message",
                away ? "the datastore does not answer" : "ok");
        Struct object = Struct.of("apiVersion", "v1", "kind", "ComponentStatus", "metadata", Struct.of("name", name),
                "conditions", List.of(condition));
        return new Item("/componentstatuses/" + name, Json.stored(object), 0, 0);
    }
}
