package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/// Sends every [Removals] object to a kube-apiserver and prints `required-answers.txt`. Run by hand: its argument is
/// the address of a `kubectl proxy`; the namespace `default` needs a service account `bench`.
final class RequiredFieldsPeer {
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String address;
    private final Kit kit = new Kit();

    private RequiredFieldsPeer(String address) {
        this.address = address;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        new RequiredFieldsPeer(args[0]).print();
    }

    private void print() throws IOException, InterruptedException {
        System.out.println("# What kube-apiserver 1.36.2 said, as RequiredFieldsPeer asked it.");
        for (Removals.Removal r : Removals.all(kit)) {
            System.out.println(r.name() + ": " + answer(r));
        }
    }

    private String answer(Removals.Removal removal) throws IOException, InterruptedException {
        Struct said = create(removal.object());
        if (!said.text("kind").equals("Status")) {
            return "accepted";
        }
        List<String> required = said.struct("details").seq("causes").structs().stream()
                .filter(c -> c.text("field").equals(removal.path()) && c.text("reason").equals("FieldValueRequired"))
                .map(c -> c.text("message")).toList();
        return required.isEmpty() ? "refused in other words" : required.getFirst();
    }

    private Struct create(Struct object) throws IOException, InterruptedException {
        ResourceKind kind = kit.kind(object);
        String group = kind.gvr().group().isEmpty() ? "/api/" : "/apis/";
        String path = group + kind.gvr().apiVersion() + (kind.namespaced() ? "/namespaces/default/" : "/")
                + kind.gvr().resource() + "?dryRun=All";
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(object))).build();
        return Json.object(http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body());
    }
}
