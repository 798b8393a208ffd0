package io.k3j.parity;

import io.k3j.testkitdatabases.EtcdServers;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;

@NeedsPackages({"etcd-server", "etcd-client"})
@Tag("ha")
class ExternalEtcdParityItest extends ParityMatrix {
    private EtcdServers etcd;

    @Override
    void datastore() throws IOException {
        etcd = EtcdServers.start(Files.createDirectory(directory.resolve("etcd")), 1);
    }

    @Override
    void end() {
        if (etcd != null) {
            etcd.close();
        }
    }

    @Override
    List<String> founding() {
        return joining();
    }

    @Override
    List<String> joining() {
        return List.of("--datastore-endpoint=" + etcd.endpoints());
    }

    @Override
    Store store() {
        return Store.etcd(UnaryOperator.identity(), List.of("--endpoints=" + etcd.endpoints()));
    }

    @Override
    List<Wrong> wrong() {
        String address = etcd.endpoints().substring("http://".length());
        return List.of(new Wrong("TLS the etcd lacks", List.of("--datastore-endpoint=https://" + address),
                "cannot open the datastore: --datastore-endpoint", address + " does not speak TLS; write http://"));
    }
}
