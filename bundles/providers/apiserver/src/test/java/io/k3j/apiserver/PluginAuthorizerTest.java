package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apicontributions.PluginCalls;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.objectregistry.Slot;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Permissions while a plug-in is away that may have denied them.
class PluginAuthorizerTest {
    private static final List<String> TYPES = List.of(Authorizer.class.getName());
    private final TestServer server = new TestServer(new MemoryDatastore(),
            new Core.Policy(Set.of("RBAC", "Node"), Set.of(), AnonymousAuth.NOWHERE));
    private final Object plugin = PluginCalls.of((Authorizer) (_, _) -> Authorizer.Decision.NO_OPINION,
            List.of(Authorizer.class), "com.acme",
            new PluginCalls.Around(PluginCalls.Limits.DEFAULT, new PluginCalls.Faults() {
                @Override
                public void stop(String what) {
                    throw new AssertionError(what);
                }

                @Override
                public void warn(String what) {
                    throw new AssertionError(what);
                }
            }, InstantSource.system()));

    @AfterEach
    void stop() {
        server.close();
    }

    private int asked() throws IOException {
        return server.serve(new TestExchange("GET", "/api/v1/namespaces/a/configmaps", new byte[0])
                .with("authorization", "Bearer eve")).status();
    }

    private void mode(String name) {
        server.contributions.authorizers().add(
                (caller, what) -> new Authorizer.Decision(Authorizer.Verdict.ALLOW, ""), Map.of("name", name));
    }

    @Test
    void aPermissionDoesNotCountWhileAnAuthorizerOfAPlugInIsAway() throws IOException {
        mode("RBAC");
        mode("Node");
        server.contributions.add(plugin, TYPES, Map.of("service.ranking", 1_000));
        assertThat(asked()).isEqualTo(200);
        server.contributions.remove(plugin, TYPES);
        assertThat(asked()).isEqualTo(503);
    }

    @Test
    void aModeThatIsAwayDoesNotHideAPlugInThatIsAwayAsWell() throws IOException {
        mode("RBAC");
        server.contributions.add(plugin, TYPES, Map.of("service.ranking", 1_000, Slot.OWNER, "com.acme"));
        assertThat(asked()).as("Node would not deny it").isEqualTo(200);
        server.contributions.remove(plugin, TYPES);
        assertThat(asked()).as("com.acme may").isEqualTo(503);
    }
}
