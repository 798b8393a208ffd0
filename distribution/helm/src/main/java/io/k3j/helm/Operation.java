package io.k3j.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.RepoCommand;
import com.marcnuri.helm.UninstallCommand;
import com.marcnuri.helm.UpgradeCommand;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What a request asks of Helm. File names in it are those of files beside it; what is not asked for is missing.
final class Operation {
    private final Path here;
    private final Properties request;

    /// Nothing is done yet.
    Operation(Path here, Properties request) {
        this.here = here;
        this.request = request;
    }

    /// Does it; blocks for as long as it takes.
    ///
    /// @return what Helm says of it
    /// @throws IllegalStateException with Helm's sentence when it cannot be done
    String run() throws IOException {
        return switch (text("operation")) {
            case "install" -> install();
            case "upgrade" -> upgrade();
            case "uninstall" -> uninstall();
            case "version" -> Helm.version().call();
            default -> throw new IllegalArgumentException("no operation: " + text("operation"));
        };
    }

    private String install() throws IOException {
        addRepository();
        InstallCommand helm = Helm.install(text("chart")).withName(text("release")).withNamespace(text("namespace"))
                .withKubeConfig(file("kubeconfig")).withTimeout(number("timeoutSeconds"));
        values().forEach(helm::withValuesFile);
        entries("set").forEach(entry -> helm.set(entry.key(), entry.value()));
        entries("setFile").forEach(entry -> helm.setFile(entry.key(), here.resolve(entry.value())));
        optional("version").forEach(helm::withVersion);
        optional("repo.url").forEach(any -> helm.withRepositoryConfig(repositories()));
        optional("caFile").forEach(name -> helm.withCaFile(here.resolve(name)));
        asked("insecureSkipTlsVerify").forEach(any -> helm.insecureSkipTlsVerify());
        asked("plainHttp").forEach(any -> helm.plainHttp());
        asked("createNamespace").forEach(any -> helm.createNamespace());
        return helm.call().getOutput();
    }

    /// With the values of the request and no others: those of the release before it are not looked at.
    private String upgrade() throws IOException {
        addRepository();
        UpgradeCommand helm = Helm.upgrade(text("chart")).withName(text("release")).withNamespace(text("namespace"))
                .withKubeConfig(file("kubeconfig")).withTimeout(number("timeoutSeconds")).resetValues();
        values().forEach(helm::withValuesFile);
        entries("set").forEach(entry -> helm.set(entry.key(), entry.value()));
        entries("setFile").forEach(entry -> helm.setFile(entry.key(), here.resolve(entry.value())));
        optional("version").forEach(helm::withVersion);
        optional("repo.url").forEach(any -> helm.withRepositoryConfig(repositories()));
        optional("caFile").forEach(name -> helm.withCaFile(here.resolve(name)));
        asked("insecureSkipTlsVerify").forEach(any -> helm.insecureSkipTlsVerify());
        asked("plainHttp").forEach(any -> helm.plainHttp());
        asked("atomic").forEach(any -> helm.atomic());
        return helm.call().getOutput();
    }

    private String uninstall() {
        return Helm.uninstall(text("release")).withNamespace(text("namespace")).withKubeConfig(file("kubeconfig"))
                .withCascade(UninstallCommand.Cascade.FOREGROUND).call();
    }

    /// Helm asks a repository by a name from a file of its own, which also holds its credentials.
    private void addRepository() throws IOException {
        if (optional("repo.url").isEmpty()) {
            return;
        }
        RepoCommand.RepoSubcommand<Void> helm = Helm.repo().add().withRepositoryConfig(repositories())
                .withName(text("repo.name")).withUrl(URI.create(text("repo.url")));
        optional("repo.username").forEach(helm::withUsername);
        optional("repo.password").forEach(helm::withPassword);
        optional("repo.certFile").forEach(name -> helm.withCertFile(here.resolve(name)));
        optional("repo.keyFile").forEach(name -> helm.withKeyFile(here.resolve(name)));
        optional("caFile").forEach(name -> helm.withCaFile(here.resolve(name)));
        asked("insecureSkipTlsVerify").forEach(any -> helm.insecureSkipTlsVerify());
        helm.call();
        if (!asked("repo.passCredentials").isEmpty()) {
            // the binding has no word for it; Helm's file has
            Files.writeString(repositories(), Files.readString(repositories())
                    .replace("pass_credentials_all: false", "pass_credentials_all: true"));
        }
    }

    private Path repositories() {
        return here.resolve("repositories.yaml");
    }

    private Stream<Path> values() {
        return numbered("values").map(here::resolve);
    }

    /// One of a numbered list of assignments.
    private record Entry(String key, String value) {
    }

    private Stream<Entry> entries(String name) {
        return IntStream.iterate(0, i -> request.containsKey(name + "." + i + ".key"), i -> i + 1)
                .mapToObj(i -> new Entry(text(name + "." + i + ".key"), text(name + "." + i + ".value")));
    }

    private Stream<String> numbered(String name) {
        return IntStream.iterate(0, i -> request.containsKey(name + "." + i), i -> i + 1)
                .mapToObj(i -> text(name + "." + i));
    }

    private Path file(String name) {
        return here.resolve(text(name));
    }

    private String text(String name) {
        return Objects.requireNonNull(request.getProperty(name), () -> "the request names no " + name);
    }

    private int number(String name) {
        return Integer.parseInt(text(name));
    }

    private List<String> optional(String name) {
        return request.containsKey(name) ? List.of(text(name)) : List.of();
    }

    private List<String> asked(String name) {
        return optional(name).stream().filter("true"::equals).toList();
    }
}
