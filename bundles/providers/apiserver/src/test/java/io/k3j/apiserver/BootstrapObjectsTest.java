package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BootstrapObjectsTest {
    private final Map<Key, Obj> stored = new HashMap<>();
    private boolean full = true;
    private final ApiClient api = (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(),
            new Class<?>[] {ApiClient.class}, (proxy, method, given) -> switch (method.getName()) {
                case "find" -> Optional.ofNullable(stored.get(given[1]));
                case "create" -> created((Obj) given[1]);
                default -> throw new AssertionError(method);
            });

    private Obj created(Obj object) {
        if (full && object.key().equals(ServerEndpoints.KUBERNETES)) {
            throw new ApiFault(422, "Invalid", "no ServiceCIDR has it", Struct.EMPTY);
        }
        stored.put(object.key(), object);
        return object;
    }

    @Test
    void aServerStartsWithoutItsServiceWhereNoServiceCidrHasItsAddress() throws InterruptedException {
        Core.Policy policy = new Core.Policy(Set.of(), Set.of(), AnonymousAuth.NOWHERE);
        BootstrapObjects objects = new BootstrapObjects(api, new ServerRunOptions(policy, "127.0.0.1", 6443,
                "10.43.0.1"));
        objects.run();
        assertThat(stored).containsKey(Key.of("kube-system")).doesNotContainKey(ServerEndpoints.KUBERNETES);
        List<Long> pauses = new ArrayList<>();
        objects.awaitService(millis -> {
            pauses.add(millis);
            full = pauses.size() < 3;
        });
        assertThat(pauses).containsExactly(10_000L, 10_000L, 10_000L);
        assertThat(stored.get(ServerEndpoints.KUBERNETES).spec().text("clusterIP")).isEqualTo("10.43.0.1");
    }
}
