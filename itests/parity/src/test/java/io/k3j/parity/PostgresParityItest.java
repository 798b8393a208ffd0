package io.k3j.parity;

import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;

/// On PostgreSQL, where every flag is tried always.
@NeedsPackages("postgresql")
@Tag("ha")
class PostgresParityItest extends ParityMatrix {
    /// Each word of a component that is packaged; `coredns` is disabled in the cluster, and `traefik` among the flags.
    private static final List<String> PACKAGED = List.of("servicelb", "metrics-server", "local-storage", "runtimes");
    private PostgresServer database;
    private Stranger stranger;

    @Override
    void datastore() {
        database = PostgresServer.started();
    }

    @Override
    void end() {
        if (stranger != null) {
            stranger.close();
        }
        if (database != null) {
            database.close();
        }
    }

    @Override
    boolean every() {
        return true;
    }

    @Override
    boolean comesAgain() {
        return true;
    }

    @Override
    List<String> founding() {
        return joining();
    }

    @Override
    List<String> joining() {
        return List.of("--datastore-endpoint=" + database.endpoint("kubernetes"));
    }

    @Override
    Store store() {
        return Store.sql(database, Store.POSTGRES_HOLDS);
    }

    @Override
    List<Wrong> wrong() throws IOException {
        String endpoint = joining().getFirst();
        database.sql("postgres", "CREATE ROLE nobody LOGIN PASSWORD 'nothing'");
        database.sql("postgres", "CREATE DATABASE locked");
        database.sql("locked", "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        String nobody = "--datastore-endpoint=postgres://nobody:nothing@127.0.0.1:" + database.port() + "/";
        String server = "--server=" + address();
        stranger = new Stranger();
        List<Wrong> all = new ArrayList<>(PACKAGED.stream().map(word -> new Wrong("one word more to disable " + word,
                List.of(endpoint, ThirdParty.DISABLED + "," + word), "--disable ", word)).toList());
        all.addAll(List.of(new Wrong("another token", List.of(endpoint, "--token=another"),
                "bootstrap data already found and encrypted with different token", "start with --token"),
                new Wrong("several flags", List.of(endpoint, "--cluster-cidr=10.44.0.0/16", "--flannel-backend=none"),
                        "--cluster-cidr ", "10.44.0.0/16", "10.42.0.0/16", "--flannel-backend ", "vxlan",
                        "to join, use the cluster's values"),
                new Wrong("fewer words to disable", List.of(endpoint, "--disable=coredns"),
                        "--disable ", "acme-dns,coredns"),
                new Wrong("another database password", List.of(endpoint.replace(DatabaseServer.USER + ":",
                        DatabaseServer.USER + ":not")), "cannot open the datastore", "check user and password"),
                new Wrong("no such kind of datastore", List.of("--datastore-endpoint=oracle://x:y@h/db"),
                        "oracle://… is not supported", "use postgres://"),
                new Wrong("a parameter nobody knows", List.of(endpoint + "?colour=blue"), "colour"),
                new Wrong("no right to make the database", List.of(nobody + "fresh"), "cannot open the datastore",
                        "permission denied to create database", "give the user the rights"),
                new Wrong("no right to make the table", List.of(nobody + "locked"), "cannot open the datastore",
                        "permission denied for schema public", "give the user the rights"),
                new Wrong("TLS the database lacks", List.of(endpoint + "?sslmode=require"),
                        "cannot open the datastore", "does not support SSL", "sslmode"),
                new Wrong("a CA file that is not there", List.of(endpoint, "--datastore-cafile=/nowhere/ca.crt"),
                        "--datastore-cafile /nowhere/ca.crt cannot be read"),
                new Wrong("the hash of another CA", List.of(server, "--token=K10" + "0".repeat(64) + "::server:x"),
                        "token CA hash does not match the Cluster CA certificate hash", "copy the token again"),
                new Wrong("no token", List.of(server, "--token="), "--token is required to join"),
                new Wrong("a token no server has", List.of(server, "--token=K10" + hash() + "::server:x"),
                        "does not accept the token", "copy it again from server/token"),
                new Wrong("nobody there", List.of("--server=https://127.0.0.1:1"), "cannot reach https://127.0.0.1:1",
                        "is a server running there"),
                new Wrong("no K3s there", List.of("--server=https://127.0.0.1:" + stranger.port()),
                        "is a K3s server listening there"),
                new Wrong("no TLS", List.of("--server=http://127.0.0.1:1"), "only https:// URLs are supported"),
                new Wrong("a server without etcd", List.of(server), "datastore", "etcd", "postgres")));
        return all;
    }

    /// The hash of the cluster's authority.
    private String hash() throws IOException {
        String token = Files.readString(first.directory().resolve("data/server/token"));
        return token.substring("K10".length(), token.indexOf("::"));
    }
}
