package io.k3j.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.pki.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A chart as operators are published, with the operator's webhooks: a kind of two versions with a webhook that
/// converts them, another that validates, and a certificate authority that the chart makes itself at its first
/// installation and finds again in its Secret. The webhooks answer once they have been given that Secret.
final class OperatorChart implements AutoCloseable {
    static final String SECRET = "operator-cert";
    /// Of `replicas` or `size`; more is refused.
    static final int MOST = 3;
    private static final String CERTIFICATES = """
            {{- $secret := lookup "v1" "Secret" .Release.Namespace "operator-cert" }}
            {{- $crt := "" }}{{- $key := "" }}{{- $bundle := "" }}
            {{- if $secret }}
            {{- $crt = index $secret.data "tls.crt" }}
            {{- $key = index $secret.data "tls.key" }}
            {{- $bundle = index $secret.data "ca.crt" }}
            {{- else }}
            {{- $ca := genCA "operator-ca" 30 }}
            {{- $cert := genSignedCert "operator" (list "127.0.0.1") (list "localhost") 30 $ca }}
            {{- $crt = b64enc $cert.Cert }}{{- $key = b64enc $cert.Key }}{{- $bundle = b64enc $ca.Cert }}
            {{- end }}
            apiVersion: v1
            kind: Secret
            metadata: {name: operator-cert}
            type: kubernetes.io/tls
            data: {tls.crt: "{{ $crt }}", tls.key: "{{ $key }}", ca.crt: "{{ $bundle }}"}
            """;
    private static final String KIND = """
            ---
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: gadgets.operator.example}
            spec:
              group: operator.example
              scope: Namespaced
              names: {plural: gadgets, singular: gadget, kind: Gadget, listKind: GadgetList}
              versions:
              - name: v1
                served: true
                storage: {{ eq .Values.storage "v1" }}
                schema:
                  openAPIV3Schema:
                    {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}
              - name: v2
                served: true
                storage: {{ eq .Values.storage "v2" }}
                schema:
                  openAPIV3Schema:
                    {type: object, properties: {spec: {type: object, properties: {replicas: {type: integer}}}}}
              conversion:
                strategy: Webhook
                webhook:
                  conversionReviewVersions: [v1]
                  clientConfig: {url: "https://127.0.0.1:{{ .Values.port }}/convert", caBundle: "{{ $bundle }}"}
            """;
    /// Its hook, where it is wanted, is an object that no API server takes.
    private static final String WEBHOOK = """
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingWebhookConfiguration
            metadata: {name: operator}
            webhooks:
            - name: gadgets.operator.example
              clientConfig: {url: "https://127.0.0.1:{{ .Values.port }}/validate", caBundle: "{{ $bundle }}"}
              rules:
              - {operations: [CREATE, UPDATE], apiGroups: [operator.example], apiVersions: [v1], resources: [gadgets]}
              sideEffects: None
              admissionReviewVersions: [v1]
            {{- if .Values.broken }}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: broken, labels: {of: "no label"}, annotations: {helm.sh/hook: post-upgrade}}
            {{- end }}
            """;

    private final HttpsServer server;

    /// Bound, and not begun: there is no certificate yet.
    OperatorChart() throws IOException {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/convert", exchange -> answer(exchange, OperatorChart::converted));
        server.createContext("/validate", exchange -> answer(exchange, OperatorChart::validated));
    }

    /// The chart, as `spec.chartContent` has it.
    String base64() throws IOException {
        return new ChartArchive("operator", "1.0.0")
                .file("operator/values.yaml",
                        "port: \"" + server.getAddress().getPort() + "\"\nstorage: v1\nbroken: false\n")
                .file("operator/templates/all.yaml", CERTIFICATES + KIND + WEBHOOK).base64();
    }

    /// Begins to answer, with what the chart has made.
    /// @param data of its Secret
    void serve(Struct data) throws IOException, GeneralSecurityException {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("operator", Pem.keys(text(data, "tls.key")).getFirst().secret(), new char[0],
                Pem.certificates(text(data, "tls.crt")).toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.start();
    }

    private static String text(Struct data, String name) {
        return new String(Base64.getDecoder().decode(data.text(name)), StandardCharsets.UTF_8);
    }

    private interface Answer {
        Struct to(Struct request);
    }

    private static void answer(HttpExchange exchange, Answer answer) throws IOException {
        Struct review = Json.object(exchange.getRequestBody().readAllBytes());
        Struct request = review.struct("request");
        byte[] body = Json.bytes(Struct.of("apiVersion", review.text("apiVersion"), "kind", review.text("kind"),
                "response", answer.to(request).with("uid", request.text("uid"))));
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static Struct converted(Struct request) {
        String wanted = request.text("desiredAPIVersion");
        return Struct.of("result", Struct.of("status", "Success"), "convertedObjects",
                request.seq("objects").mapped(object -> converted(object, wanted)));
    }

    private static Struct converted(Struct object, String wanted) {
        boolean first = wanted.endsWith("/v1");
        return object.with("apiVersion", wanted).with("spec", Struct.of(first ? "size" : "replicas",
                object.struct("spec").whole(first ? "replicas" : "size", 0)));
    }

    /// Rules name the first version: objects of the other one are converted for it.
    private static Struct validated(Struct request) {
        boolean few = request.struct("object").struct("spec").whole("size", 0) <= MOST;
        return few ? Struct.of("allowed", true)
                : Struct.of("allowed", false, "status", Struct.of("message", "no more than " + MOST));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
