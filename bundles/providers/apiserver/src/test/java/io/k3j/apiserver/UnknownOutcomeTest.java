package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Struct;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What admission reserved for a write whose outcome the datastore did not report.
class UnknownOutcomeTest {
    private static final String MAPS = "/api/v1/namespaces/a/configmaps";
    private static final String BODY = "{\"metadata\":{\"name\":\"one\"}}";
    private final MemoryDatastore store = new MemoryDatastore();
    private final List<String> released = new ArrayList<>();
    private volatile boolean failing;
    private volatile boolean unknown;
    private final TestServer server = new TestServer(unreliable());

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    /// The store; while `failing` is set, a commit of the object under test fails.
    private Datastore unreliable() {
        return (Datastore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Datastore.class},
                (proxy, method, args) -> {
                    if (failing && method.getName().equals("commit") && args[0].toString().endsWith("/one")) {
                        throw new DatastoreUnavailable("no answer", new IllegalStateException(), unknown);
                    }
                    try {
                        return method.invoke(store, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void reserve() {
        server.contributions.admissions().add(new Admission() {
            @Override
            public String name() {
                return "Reserving";
            }

            @Override
            public boolean handles(Write write) {
                return true;
            }

            @Override
            public void abandoned(Write write, Struct object) {
                released.add(object.struct("metadata").text("name"));
            }
        }, Map.of(Admission.ORDER, 1));
    }

    @Test
    void aWriteThatMayBeStoredKeepsItsReservations() throws IOException {
        reserve();
        failing = true;
        unknown = true;
        assertThat(server.call("POST", MAPS, BODY).status()).isEqualTo(504);
        assertThat(released).isEmpty();
        failing = false;
        assertThat(server.call("POST", MAPS, BODY).status()).isEqualTo(201);
        failing = true;
        assertThat(server.call("PUT", MAPS + "/one", BODY.replace("}}", "},\"data\":{\"k\":\"v\"}}")).status())
                .isEqualTo(504);
        assertThat(released).isEmpty();
    }

    @Test
    void aWriteThatIsNotStoredGivesItsReservationsBack() throws IOException {
        reserve();
        failing = true;
        assertThat(server.call("POST", MAPS, BODY).status()).isEqualTo(503);
        assertThat(released).containsExactly("one");
    }
}
