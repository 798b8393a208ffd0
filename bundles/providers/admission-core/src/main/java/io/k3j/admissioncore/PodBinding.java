package io.k3j.admissioncore;

import io.k3j.apiserverapi.Action;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// `pods/binding` and `bindings`: assigns a pod to a node, once. For any thread.
@Component(service = {}, immediate = true)
public final class PodBinding {
    private static final Gvr BINDINGS = new Gvr("", "v1", "bindings");
    private static final Gvr POD_BINDING = new Gvr("", "v1", "pods/binding");
    private static final int TRIES = 5;
    private final List<ServiceRegistration<Action>> actions;

    /// Registers both actions.
    @Activate
    public PodBinding(@Reference Listers listers, BundleContext context) {
        ApiClient api = listers.api();
        Function<Key, Optional<Obj>> known = key -> listers.find(Listers.PODS, key.namespace(), key.name());
        this.actions = List.of(
                context.registerService(Action.class, new Bind(Listers.PODS, "binding", api, known),
                        new Hashtable<>()),
                context.registerService(Action.class, new Bind(BINDINGS, "", api, known), new Hashtable<>()));
    }

    /// @param known a pod as a view shows it: what that says may be late and is not refused for, while a success is
    /// compared when it is written. So a binding asks a shared datastore once
    record Bind(Gvr resource, String subresource, ApiClient api, Function<Key, Optional<Obj>> known)
            implements
                Action {
        @Override
        public Struct perform(Call call) {
            String name = call.key().name().isEmpty() ? call.body().struct("metadata").text("name")
                    : call.key().name();
            if (!call.body().struct("metadata").text("name", name).equals(name)) {
                throw ApiFault.badRequest("name in URL does not match name in Binding object");
            }
            Key key = new Key(call.key().namespace(), name);
            Optional<Obj> bound = known.apply(key).flatMap(pod -> attempt(pod, call.body()));
            for (int left = TRIES; left > 0; left--) {
                try {
                    Obj assigned = bound.orElseGet(() -> bound(api.get(Listers.PODS, key), call.body()));
                    bound = Optional.empty();
                    // a scheduler that has lost its Lease must not bind pods; callers without a Lease are not fenced
                    ApiClient writer = call.lease().isEmpty() ? api : api.leading(call.lease());
                    writer.update(Listers.PODS, assigned,
                            new WriteOptions("binding", call.caller().user(), false, call.dryRun()));
                    return Struct.of("kind", "Status", "apiVersion", "v1", "metadata", Struct.EMPTY, "status",
                            "Success", "code", 201);
                } catch (ApiFault e) {
                    if (!String.valueOf(e.getMessage()).contains("the object has been modified")) {
                        throw e;
                    }
                }
            }
            throw ApiFault.conflict(POD_BINDING, name, "the object has been modified; please apply your changes to"
                    + " the latest version and try again");
        }
    }

    private static Optional<Obj> attempt(Obj pod, Struct binding) {
        try {
            return Optional.of(bound(pod, binding));
        } catch (ApiFault maybe) {
            return Optional.empty();
        }
    }

    /// The pod with its node name, annotations and labels of the binding, and the condition `PodScheduled`, nominated
    /// for no node.
    /// @throws ApiFault 400 for a bad target, 409 for a pod that is bound, gated, terminating or another one
    static Obj bound(Obj pod, Struct binding) {
        Struct target = binding.struct("target");
        String node = target.text("name");
        String uid = binding.struct("metadata").text("uid");
        String kind = target.text("kind", "Node");
        if (node.isEmpty() || !kind.isEmpty() && !kind.equals("Node")) {
            throw ApiFault.badRequest("binding of pod \"" + pod.name() + "\" must have a target of kind Node with a"
                    + " name");
        }
        if (!uid.isEmpty() && !uid.equals(pod.uid())) {
            throw ApiFault.conflict(POD_BINDING, pod.name(), "Precondition failed: UID in precondition: " + uid
                    + ", UID in object meta: " + pod.uid());
        }
        String version = binding.struct("metadata").text("resourceVersion");
        if (!version.isEmpty() && !version.equals(Long.toString(pod.revision()))) {
            throw ApiFault.conflict(POD_BINDING, pod.name(), "Precondition failed: ResourceVersion in precondition: "
                    + version + ", ResourceVersion in object meta: " + pod.revision());
        }
        if (pod.terminating()) {
            throw ApiFault.conflict(POD_BINDING, pod.name(),
                    "pod " + pod.name() + " is being deleted, cannot be assigned to a host");
        }
        String on = pod.spec().text("nodeName");
        if (!on.isEmpty()) {
            throw ApiFault.conflict(POD_BINDING, pod.name(),
                    "pod " + pod.name() + " is already assigned to node \"" + on + "\"");
        }
        if (!pod.spec().seq("schedulingGates").isEmpty()) {
            throw ApiFault.conflict(POD_BINDING, pod.name(),
                    "pod " + pod.name() + " has non-empty .spec.schedulingGates");
        }
        // where it was to go is of no meaning from here on
        Obj o = pod.with(node, "spec", "nodeName").without("status", "nominatedNodeName");
        for (String map : List.of("annotations", "labels")) {
            for (Map.Entry<String, String> e : binding.struct("metadata").struct(map).texts().entrySet()) {
                o = o.with(e.getValue(), "metadata", map, e.getKey());
            }
        }
        return o.with(scheduled(pod), "status", "conditions");
    }

    private static Seq scheduled(Obj pod) {
        Struct.Builder b = Struct.builder().put("type", "PodScheduled").put("status", "True");
        Struct condition = b.put("observedGeneration", pod.generation()).put("lastProbeTime", null)
                .put("lastTransitionTime", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()).build();
        Seq all = pod.status().seq("conditions");
        for (int i = 0; i < all.size(); i++) {
            if (all.struct(i).text("type").equals("PodScheduled")) {
                return all.with(i, condition);
            }
        }
        return all.plus(condition);
    }

    /// Unregisters the actions.
    @Deactivate
    public void stop() {
        actions.forEach(ServiceRegistration::unregister);
    }
}
