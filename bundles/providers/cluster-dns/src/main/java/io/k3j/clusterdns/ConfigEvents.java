package io.k3j.clusterdns;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.Times;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.InstantSource;
import java.util.Objects;

/// Tells by Event what is wrong with a ConfigMap. Every node finds the same, so the name of the Event is made from
/// what it says about which revision: the first node to write it has written it for all.
final class ConfigEvents {
    private static final int MESSAGE_CHARS = 1024;
    private static final String COMPONENT = "coredns";
    private final InstantSource time;

    /// @param time the clock of the day
    ConfigEvents(InstantSource time) {
        this.time = time;
    }

    /// Writes a Warning; one that cannot be written is dropped. Blocks for the API.
    /// @param node for what concerns this node only, else empty
    void warn(ApiClient api, Obj about, String reason, String message, String node) {
        String cut = message.length() > MESSAGE_CHARS ? message.substring(0, MESSAGE_CHARS) : message;
        String at = Times.seconds(time.instant());
        String name = about.name() + "." + Integer.toHexString(Objects.hash(about.uid(), reason, cut, node))
                + Long.toHexString(about.revision());
        Obj event = Obj.of(Struct.builder().put("apiVersion", "v1").put("kind", "Event")
                .put("metadata", Struct.of("name", name, "namespace", about.namespace()))
                .put("involvedObject", Events.reference(about)).put("reason", reason).put("message", cut)
                .put("source", Struct.builder().put("component", COMPONENT).putUnlessEmpty("host", node).build())
                .put("firstTimestamp", at).put("lastTimestamp", at).put("count", 1).put("type", "Warning")
                .put("reportingComponent", COMPONENT).put("reportingInstance", node).build());
        try {
            api.create(BuiltinResources.EVENTS, event, WriteOptions.PLAIN);
        } catch (ApiFault e) {
            System.getLogger("io.k3j.clusterdns").log(System.Logger.Level.DEBUG, "Event not written: {0}",
                    e.getMessage());
        }
    }
}
