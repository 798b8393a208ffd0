package io.k3j.agentitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// What [IngressItest] serves.
final class IngressScene {
    /// Host `who` sends back what the pod is told; host `ws` changes the protocol and sends back what comes.
    static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: shop, labels: {app: shop}}
            spec:
              nodeName: agent-1
              terminationGracePeriodSeconds: 0
              containers:
              - name: main
                image: k3j.io/busybox:1
                command:
                - sh
                - -c
                - |
                  mkdir /w; echo hello > /w/index.html
                  cat > /who <<'X'
                  h=
                  while read l; do [ "$l" = "$(printf '\\r')" ] && break; h="$h${l%?};"; done
                  printf 'HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\n%s\\n' "$h"
                  X
                  cat > /ws <<'X'
                  while read l; do [ "$l" = "$(printf '\\r')" ] && break; done
                  printf 'HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\n'
                  exec cat
                  X
                  (while true; do nc -l -p 8081 -e /bin/sh /ws; done) &
                  (while true; do nc -l -p 8082 -e /bin/sh /who; done) &
                  exec httpd -f -p 8080 -h /w
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: shop}
            spec:
              selector: {app: shop}
              ports:
              - {name: http, port: 80, targetPort: 8080}
              - {name: ws, port: 81, targetPort: 8081}
              - {name: who, port: 82, targetPort: 8082}
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: others}
            spec:
              rules:
              - host: ws.example.test
                http: {paths: [{path: /, pathType: Exact, backend: {service: {name: shop, port: {name: ws}}}}]}
              - host: who.example.test
                http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 82}}}}]}
            """;
    /// One value that is done, and one that is not.
    static final String VALUES = """
            apiVersion: helm.cattle.io/v1
            kind: HelmChartConfig
            metadata: {name: traefik, namespace: kube-system}
            spec:
              valuesContent: |
                ports: {web: {exposedPort: 8000, redirectTo: websecure}}
                dashboard: {enabled: true}
            """;
    private static final Duration LIMIT = Duration.ofSeconds(300);

    private IngressScene() {
    }

    /// A Service, with its Ingress for host `NAME.example.test`, whose endpoint is no pod.
    ///
    /// @param annotations of the Service, as YAML
    static String outside(String name, String address, int port, String annotations) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %1$s, annotations: {%4$s}}
                spec: {ports: [{name: main, port: 80}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: %1$s-1, labels: {kubernetes.io/service-name: %1$s}}
                addressType: IPv4
                endpoints: [{addresses: [%2$s], conditions: {ready: true}}]
                ports: [{name: main, port: %3$d}]
                ---
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: %1$s}
                spec:
                  rules:
                  - host: %1$s.example.test
                    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: %1$s, port: {number: 80}}}}]}
                """.formatted(name, address, port, annotations);
    }

    /// A new certificate for a host that signs itself; its key lies beside it.
    static Path certificate(Path directory, String name, String host) throws IOException, InterruptedException {
        Path file = directory.resolve(name + ".crt");
        Outcome made = Launch.of("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-days", "2", "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:" + host, "-out",
                file.toString(), "-keyout", key(file).toString()).run(LIMIT);
        assertThat(made.code()).as(made.text()).isZero();
        return file;
    }

    /// The key of a certificate.
    static Path key(Path certificate) {
        return certificate.resolveSibling(certificate.getFileName().toString().replace(".crt", ".key"));
    }
}
