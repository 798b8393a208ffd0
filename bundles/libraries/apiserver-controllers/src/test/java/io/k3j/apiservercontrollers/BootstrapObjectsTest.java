package io.k3j.apiservercontrollers;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ObjList;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BootstrapObjectsTest {
    private static final TreeSet<Peer> ALIVE = new TreeSet<>(List.of(new Peer("127.0.0.1", 6443)));
    private static final Stored SERVICE = new Stored("services", ServerEndpoints.KUBERNETES);
    private final Map<Stored, Obj> stored = new HashMap<>();
    private int code = 422;
    private final ApiClient api = (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(),
            new Class<?>[] {ApiClient.class}, (proxy, method, given) -> switch (method.getName()) {
                case "find" -> Optional.ofNullable(stored.get(new Stored(((Gvr) given[0]).resource(), (Key) given[1])));
                case "create" -> created(((Gvr) given[0]).resource(), (Obj) given[1]);
                case "list" -> new ObjList(List.of(), 1);
                default -> throw new AssertionError(method);
            });
    private final BootstrapObjects objects = new BootstrapObjects(api, "10.43.0.1", 6443);

    private record Stored(String resource, Key key) {
    }

    private Obj created(String resource, Obj object) {
        if (code != 0 && resource.equals("services")) {
            throw new ApiFault(code, "Invalid", "no ServiceCIDR has it", Struct.EMPTY);
        }
        stored.put(new Stored(resource, object.key()), object);
        return object;
    }

    @Test
    void aServerStartsWithoutItsServiceWhereNoServiceCidrHasItsAddress() {
        objects.run();
        assertThat(stored).containsKey(new Stored("namespaces", Key.of("kube-system"))).doesNotContainKey(SERVICE);
        code = 0;
        objects.keep(ALIVE);
        assertThat(stored.get(SERVICE).spec().text("clusterIP")).isEqualTo("10.43.0.1");
    }

    @Test
    void whatIsDeletedWhileAServerRunsIsThereAgain() {
        code = 0;
        objects.run();
        objects.keep(ALIVE);
        Set<Stored> all = Set.copyOf(stored.keySet());
        assertThat(all).contains(SERVICE, new Stored("endpoints", ServerEndpoints.KUBERNETES),
                new Stored("endpointslices", ServerEndpoints.KUBERNETES));
        stored.clear();
        objects.keep(ALIVE);
        assertThat(stored.keySet()).isEqualTo(all);
    }

    @Test
    void theEndpointsFollowTheServersWhateverRefusesTheService() {
        code = 403;
        objects.keep(ALIVE);
        assertThat(stored).containsKey(new Stored("endpoints", ServerEndpoints.KUBERNETES))
                .doesNotContainKey(SERVICE);
    }
}
