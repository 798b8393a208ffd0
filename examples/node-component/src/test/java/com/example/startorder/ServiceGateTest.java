package com.example.startorder;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.PodStartGate;
import io.k3j.testkit.PodStartGateContract;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Keeps what every gate promises, and what the annotation says.
class ServiceGateTest extends PodStartGateContract {
    private static final List<String> ADDRESSES = List.of("10.42.0.7");
    private static final Key DB = new Key("shop", "db");
    private static final Key CACHE = new Key("shop", "cache");
    private static final Obj READY = slice(Struct.of("ready", true));
    private static final Obj NOT_READY = slice(Struct.of("ready", false));
    private static final Obj UNSAID = slice(Struct.EMPTY);

    private static Obj slice(Struct conditions) {
        return Obj.of(Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata",
                Struct.of("name", "one", "namespace", "shop"), "endpoints",
                Seq.of(Struct.of("addresses", List.of("10.42.0.9"), "conditions", conditions))));
    }

    private static Obj pod(Struct annotations) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "web", "namespace", "shop", "annotations", annotations)));
    }

    private static PodStartGate gate(Map<Key, List<Obj>> slices) {
        return new ServiceGate(() -> true, service -> slices.getOrDefault(service, List.of()));
    }

    @Override
    protected PodStartGate open() {
        return gate(Map.of(DB, List.of(NOT_READY, READY), CACHE, List.of(UNSAID)));
    }

    @Override
    protected PodStartGate closed() {
        return gate(Map.of(DB, List.of(READY), CACHE, List.of(NOT_READY)));
    }

    @Override
    protected Sample pod() {
        return new Sample(pod(Struct.of(ServiceGate.WAIT_FOR, "db, cache")), ADDRESSES);
    }

    @Test
    void saysWhichServicesAreWaitedFor() {
        assertThatThrownBy(() -> gate(Map.of()).beforeStart(pod().pod(), ADDRESSES))
                .hasMessage("waits for a ready endpoint of db, cache");
        assertThatThrownBy(() -> closed().beforeStart(pod().pod(), ADDRESSES))
                .hasMessage("waits for a ready endpoint of cache");
    }

    @Test
    void nobodyElseWaits() {
        PodStartGate unread = new ServiceGate(() -> false, _ -> List.of());
        assertThatCode(() -> unread.beforeStart(pod(Struct.EMPTY), ADDRESSES)).doesNotThrowAnyException();
        assertThatCode(() -> unread.beforeStart(pod(Struct.of(ServiceGate.WAIT_FOR, " , ")), ADDRESSES))
                .doesNotThrowAnyException();
    }

    @Test
    void nobodyWhoWaitsStartsBeforeTheServicesAreKnown() {
        PodStartGate unread = new ServiceGate(() -> false, _ -> List.of(READY));
        assertThatThrownBy(() -> unread.beforeStart(pod().pod(), ADDRESSES)).hasMessageContaining("not known yet");
    }
}
