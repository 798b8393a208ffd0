package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.Optional;

/// The objects pods refer to, read when they are needed: on a server a read costs a look into a table.
final class References {
    static final Gvr PODS = new Gvr("", "v1", "pods");
    static final Gvr NODES = new Gvr("", "v1", "nodes");
    static final Gvr SERVICES = new Gvr("", "v1", "services");
    static final Gvr CONFIG_MAPS = new Gvr("", "v1", "configmaps");
    static final Gvr SECRETS = new Gvr("", "v1", "secrets");
    static final Gvr SERVICE_ACCOUNTS = new Gvr("", "v1", "serviceaccounts");
    static final Gvr CLAIMS = new Gvr("", "v1", "persistentvolumeclaims");
    static final Gvr VOLUMES = new Gvr("", "v1", "persistentvolumes");
    static final Gvr LEASES = new Gvr("coordination.k8s.io", "v1", "leases");
    static final Gvr RUNTIME_CLASSES = new Gvr("node.k8s.io", "v1", "runtimeclasses");
    private final ApiClient api;

    References(ApiClient api) {
        this.api = api;
    }

    /// An object, empty when there is none.
    /// @throws ConfigProblem when it may not be read or the API does not answer
    Optional<Obj> find(Gvr resource, String namespace, String name) {
        try {
            return api.find(resource, new Key(namespace, name));
        } catch (ApiFault e) {
            throw ConfigProblem.config(String.valueOf(e.getMessage()));
        }
    }

    /// A pod of this node as it is now, empty when it is gone. Asked as a list: a node that gets a pod which is not
    /// bound to it is told 403, also when there is none.
    static Optional<Obj> bound(ApiClient api, Obj pod) {
        Query query = Query.in(pod.namespace()).where("metadata.name", pod.name()).where("spec.nodeName",
                pod.spec().text("nodeName"));
        return api.list(PODS, query).items().stream().findFirst();
    }

    /// An object a pod cannot do without, unless `optional`.
    Optional<Obj> need(Gvr resource, String namespace, String name, boolean optional) {
        Optional<Obj> found = find(resource, namespace, name);
        if (found.isEmpty() && !optional) {
            String kind = resource.resource().substring(0, resource.resource().length() - 1);
            throw ConfigProblem.config(kind + " \"" + name + "\" not found");
        }
        return found;
    }
}
