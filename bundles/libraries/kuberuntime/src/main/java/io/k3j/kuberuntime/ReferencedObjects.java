package io.k3j.kuberuntime;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.Optional;

/// The objects pods refer to, read when they are needed: on a server a read costs a look into a table. Any thread;
/// blocks for the call.
///
/// What was read last is told while no server answers, so that containers start again meanwhile, as upstream's cache of
/// what pods refer to has it. The node authorizer lets a kubelet read what pods of its node refer to, by name:
/// <https://kubernetes.io/docs/reference/access-authn-authz/node/>.
public final class ReferencedObjects {
    /// Pods.
    public static final Gvr PODS = new Gvr("", "v1", "pods");
    /// Nodes.
    public static final Gvr NODES = new Gvr("", "v1", "nodes");
    /// Services.
    public static final Gvr SERVICES = new Gvr("", "v1", "services");
    /// ConfigMaps.
    public static final Gvr CONFIG_MAPS = new Gvr("", "v1", "configmaps");
    /// Secrets.
    public static final Gvr SECRETS = new Gvr("", "v1", "secrets");
    /// ServiceAccounts.
    public static final Gvr SERVICE_ACCOUNTS = new Gvr("", "v1", "serviceaccounts");
    /// PersistentVolumeClaims.
    public static final Gvr CLAIMS = new Gvr("", "v1", "persistentvolumeclaims");
    /// PersistentVolumes.
    public static final Gvr VOLUMES = new Gvr("", "v1", "persistentvolumes");
    /// RuntimeClasses.
    public static final Gvr RUNTIME_CLASSES = new Gvr("node.k8s.io", "v1", "runtimeclasses");
    private static final int NO_ANSWER = 500;
    private final ApiClient api;
    private final LastKnown known = new LastKnown();

    /// @param api asked at each call; as the node
    public ReferencedObjects(ApiClient api) {
        this.api = api;
    }

    /// An object, empty when there is none.
    /// @param namespace empty for an object of the cluster
    /// @throws ConfigError when it may not be read, or the API does not answer and has not told it before
    public Optional<Obj> find(Gvr resource, String namespace, String name) {
        Key key = new Key(namespace, name);
        try {
            return known.keep(resource, key, api.find(resource, key));
        } catch (ApiFault e) {
            Optional<Obj> last = e.code() >= NO_ANSWER ? known.get(resource, key) : Optional.empty();
            if (last.isPresent()) {
                return last;
            }
            throw ConfigError.config(String.valueOf(e.getMessage()));
        }
    }

    /// A pod of this node as it is now, empty when it is gone. Asked as a list: a node that gets a pod which is not
    /// bound to it is told 403, also when there is none.
    /// @param api asked at once; what it refuses is thrown as it is
    /// @throws io.k3j.clientapi.ApiFault when the API does not answer
    public static Optional<Obj> bound(ApiClient api, Obj pod) {
        Query query = Query.in(pod.namespace()).where("metadata.name", pod.name()).where("spec.nodeName",
                pod.spec().text("nodeName"));
        return api.list(PODS, query).items().stream().findFirst();
    }

    /// An object a pod cannot do without, unless `optional`; empty only then.
    /// @param optional as the pod's reference says; then a missing object is no failure
    /// @throws ConfigError when it is missing, may not be read or the API does not answer
    public Optional<Obj> need(Gvr resource, String namespace, String name, boolean optional) {
        Optional<Obj> found = find(resource, namespace, name);
        if (found.isEmpty() && !optional) {
            String kind = resource.resource().substring(0, resource.resource().length() - 1);
            throw ConfigError.config(kind + " \"" + name + "\" not found");
        }
        return found;
    }
}
