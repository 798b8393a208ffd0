package io.k3j.servicelb;

import io.k3j.controllerkit.Events;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What people are told of a Service, in the words of K3s and upstream's service controller; the same sentence once, as
/// long as nothing changes. For one thread.
final class ServiceLbEvents {
    private static final String NONE = "There are no available nodes for LoadBalancer";
    private static final int MOST_REASONS = 4;
    private final Events events;
    private final Map<Key, String> told = new HashMap<>();

    ServiceLbEvents(Events events) {
        this.events = events;
    }

    void ensuring(Obj service) {
        events.normal(service, "EnsuringLoadBalancer", "Ensuring load balancer");
    }

    void deleting(Obj service) {
        events.normal(service, "DeletingLoadBalancer", "Deleting load balancer");
    }

    void deleted(Obj service) {
        events.normal(service, "DeletedLoadBalancer", "Deleted load balancer");
    }

    /// Nothing was said of this Service any more.
    void forget(Key service) {
        told.remove(service);
    }

    /// The new addresses, and why there are not more.
    void told(Obj service, Seq before, Seq now, Allotments.Allotment allotted) {
        boolean changed = !IngressStatus.same(before, now);
        if (changed && !now.isEmpty()) {
            events.normal(service, "UpdatedLoadBalancer", "Updated LoadBalancer with new IPs: "
                    + IngressStatus.shown(before) + " -> " + IngressStatus.shown(now));
        }
        String why = why(allotted);
        boolean nothing = now.isEmpty() && (changed || !why.isEmpty() || nowhere(allotted));
        String text = nothing ? NONE + (why.isEmpty() ? "" : ": " + why) : why;
        String last = told.getOrDefault(service.key(), "");
        if (text.isEmpty()) {
            told.remove(service.key());
        } else if (!text.equals(last)) {
            told.put(service.key(), text);
            events.warning(service, nothing ? "UnAvailableLoadBalancer" : "PortConflict", text);
        }
    }

    private static boolean nowhere(Allotments.Allotment allotted) {
        return allotted.nodes().isEmpty() && allotted.refused().isEmpty();
    }

    private static String why(Allotments.Allotment allotted) {
        if (!allotted.problem().isEmpty()) {
            return "annotation " + ServiceLbLabels.TOLERATIONS + ": " + allotted.problem();
        }
        List<PortRefusals.Reason> reasons = allotted.lasting();
        String shown = reasons.stream().limit(MOST_REASONS).map(Object::toString).collect(Collectors.joining(", "));
        int more = reasons.size() - MOST_REASONS;
        return more > 0 ? shown + " and of " + more + " more nodes" : shown;
    }
}
