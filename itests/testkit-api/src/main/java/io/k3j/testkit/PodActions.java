package io.k3j.testkit;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.InstantSource;

/// What can be done with a pod besides writing it: binding and eviction; and tokens of accounts.
record PodActions(FakeApi api, FakeStore store, InstantSource clock) {
    static final Gvr PODS = Gvr.of("v1", "pods");

    Struct post(Gvr resource, Key key, String action, Struct body) {
        if (resource.resource().equals("serviceaccounts") && action.equals("token")) {
            return Struct.of("status", Struct.of("token", "token of " + api.get(resource, key).uid()));
        }
        if (!resource.equals(PODS)) {
            throw ApiFault.badRequest("the fake has no " + resource.resource() + "/" + action);
        }
        return post(key, action, body);
    }

    private Struct post(Key key, String action, Struct body) {
        switch (action) {
            case "binding" -> bind(key, body.struct("target").text("name"));
            case "eviction" -> api.delete(PODS, key, DeleteOptions.PLAIN);
            default -> throw ApiFault.badRequest("the fake has no pods/" + action);
        }
        return Struct.of("kind", "Status", "apiVersion", "v1", "metadata", Struct.EMPTY, "status", "Success", "code",
                201);
    }

    private void bind(Key key, String node) {
        synchronized (store) {
            Obj pod = store.get(PODS, key);
            String bound = pod.spec().text("nodeName");
            if (!bound.isEmpty()) {
                throw ApiFault.conflict(PODS, key.name(),
                        "pod " + key.name() + " is already assigned to node \"" + bound + "\"");
            }
            Seq conditions = Seq.copyOf(pod.status().seq("conditions").structs().stream()
                    .filter(c -> !c.text("type").equals("PodScheduled")).toList())
                    .plus(Struct.of("type", "PodScheduled", "status", "True", "lastTransitionTime",
                            clock.instant().toString()));
            store.put(PODS, pod.with(node, "spec", "nodeName").with(conditions, "status", "conditions"));
        }
    }
}
