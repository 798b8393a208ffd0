package io.k3j.authnode;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.componentbase.FeatureGates;
import io.k3j.testkit.AuthorizerContract;
import io.k3j.testkit.FakeApi;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class NodeAuthorizerContractTest extends AuthorizerContract {
    private static final Caller KUBELET = Caller.of("system:node:a", List.of("system:nodes"));
    private final FakeApi api = FakeApi.stepped(InstantSource.system());
    private final NodeAuthorizer authorizer = new NodeAuthorizer(api, FeatureGates.NONE);

    @AfterEach
    void close() {
        authorizer.stop();
        api.close();
    }

    private static Question asks(String node) {
        return new Question(KUBELET, new Attributes("get", "", "v1", "nodes", "", "", node, ""));
    }

    @Override
    protected Authorizer authorizer() {
        return authorizer;
    }

    @Override
    protected Question allowed() {
        return asks("a");
    }

    @Override
    protected Question notAllowed() {
        return asks("b");
    }
}
