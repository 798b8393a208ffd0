package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import io.k3j.testkit.KindHooksContract;
import java.util.Optional;

/// The hooks of `apps`, tried by a Deployment.
class GroupHooksContractTest extends KindHooksContract {
    private static final Kit KIT = new Kit();
    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: default}
            spec:
              replicas: %d
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                  - {name: web, image: 'example.com/web:1', ports: [{containerPort: 80}]}
            """;

    private static Sample created(int replicas) {
        Struct object = Kit.yaml(DEPLOYMENT.formatted(replicas));
        return new Sample(KIT.write(Operation.CREATE, object, Optional.empty(), ""), object);
    }

    @Override
    protected KindHooks hooks() {
        return KIT.hooks(good().object());
    }

    @Override
    protected Sample good() {
        return created(2);
    }

    @Override
    protected Optional<Sample> bad() {
        return Optional.of(created(-1));
    }
}
