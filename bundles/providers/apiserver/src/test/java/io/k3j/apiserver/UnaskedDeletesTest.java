package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What goes with its kind, where a plug-in keeps everything.
class UnaskedDeletesTest {
    private static final Gvr CONFIG_MAPS = new Gvr("", "v1", "configmaps");
    private static final Key KEY = new Key("a", "one");
    private final TestServer server = new TestServer();
    private final ViewKeeper views = new ViewKeeper();
    private volatile boolean going;

    private ApiClient client(String user, String... groups) {
        Caller caller = Caller.of(user, List.of(groups));
        return new LocalClient(server.server.local(), name -> caller, caller, views);
    }

    @BeforeEach
    void keepEverything() {
        server.everybody();
        server.contributions.kinds().put(new TestKinds.Hooks() {
            @Override
            public boolean unasked(Write write) {
                return going && write.operation() == Operation.DELETE;
            }
        }, Map.of());
        server.contributions.admissions().add(new Admission() {
            @Override
            public String name() {
                return "Keeper";
            }

            @Override
            public boolean handles(Write write) {
                return write.operation() == Operation.DELETE;
            }

            @Override
            public void validate(Write write, Struct object) {
                throw ApiFault.forbidden(write.kind().gvr(), write.key().name(), "it is kept");
            }
        }, Map.of());
        client("admin", "system:masters").create(CONFIG_MAPS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap",
                "metadata", Struct.of("name", KEY.name(), "namespace", KEY.namespace()))), WriteOptions.PLAIN);
    }

    @AfterEach
    void stop() {
        views.close();
        server.close();
    }

    private void refused(ApiClient api) {
        assertThatThrownBy(() -> api.delete(CONFIG_MAPS, KEY, DeleteOptions.PLAIN)).hasMessageEndingWith("it is kept");
    }

    @Test
    void isDeletedByTheServerItselfWithoutAQuestion() {
        ApiClient itself = client("system:apiserver", "system:masters");
        refused(itself);
        going = true;
        itself.delete(CONFIG_MAPS, KEY, DeleteOptions.PLAIN);
        assertThat(itself.find(CONFIG_MAPS, KEY)).isEmpty();
    }

    @Test
    void isAskedAboutWhoeverElseDeletesIt() {
        going = true;
        refused(client("admin", "system:masters"));
        refused(client("system:apiserver", "people"));
    }
}
