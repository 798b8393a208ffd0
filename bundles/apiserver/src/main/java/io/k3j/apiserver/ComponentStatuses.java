package io.k3j.apiserver;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.watchcache.Item;
import java.io.IOException;
import java.util.List;

/// `componentstatuses`, deprecated and still asked for by `kubectl get cs`: the parts of a control plane, made up anew
/// for each request. Scheduler and controllers run in this process; of the datastore it is known whether it answers.
final class ComponentStatuses {
    private static final List<String> NAMES = List.of("controller-manager", "etcd-0", "scheduler");
    private final Core core;

    ComponentStatuses(Core core) {
        this.core = core;
    }

    /// Answers get and list.
    /// @throws io.k3j.clientapi.ApiFault 404 for an unknown name
    void serve(Request request, Target target) throws IOException {
        request.warn("v1 ComponentStatus is deprecated in v1.19+");
        String name = request.info().name();
        if (name.isEmpty()) {
            core.resources().page(request, target,
                    new ListPage(NAMES.stream().map(this::status).toList(), core.log().newest().revision(), "", 0));
        } else if (NAMES.contains(name)) {
            core.resources().object(request, target, 200, status(name));
        } else {
            throw target.notFound(name);
        }
    }

    private Item status(String name) {
        boolean away = name.equals("etcd-0") && core.data().store().await(0) == null;
        Struct condition = Struct.of("type", "Healthy", "status", away ? "False" : "True", "message",
                away ? "the datastore does not answer" : "ok");
        Struct object = Struct.of("apiVersion", "v1", "kind", "ComponentStatus", "metadata", Struct.of("name", name),
                "conditions", List.of(condition));
        return new Item("/componentstatuses/" + name, Json.stored(object), 0, 0);
    }
}
