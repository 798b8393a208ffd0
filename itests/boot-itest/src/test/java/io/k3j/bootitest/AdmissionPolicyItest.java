package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Admission policies, rules of a definition and a quota of a running server, through kubectl.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdmissionPolicyItest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String POLICIES = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: bounds, namespace: default}
            data: {most: '5'}
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: replicas}
            spec:
              paramKind: {apiVersion: v1, kind: ConfigMap}
              matchConstraints:
                resourceRules: [{operations: [CREATE], apiGroups: [apps], apiVersions: [v1], resources: [deployments]}]
              matchConditions: [{name: not-exempt, expression: "object.metadata.name != 'exempt'"}]
              variables: [{name: most, expression: "int(params.data.most)"}]
              validations:
              - expression: object.spec.replicas <= variables.most
                messageExpression: "'at most ' + string(variables.most) + ' replicas'"
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata: {name: replicas}
            spec:
              policyName: replicas
              validationActions: [Deny]
              paramRef: {name: bounds, namespace: default, parameterNotFoundAction: Deny}
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingAdmissionPolicy
            metadata: {name: owner}
            spec:
              matchConstraints:
                resourceRules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [configmaps]}]
              reinvocationPolicy: Never
              mutations:
              - patchType: ApplyConfiguration
                applyConfiguration:
                  expression: >-
                    Object{metadata: Object.metadata{labels: {'group': request.userInfo.groups[0].split(':')[1]}}}
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingAdmissionPolicyBinding
            metadata: {name: owner}
            spec: {policyName: owner}
            """;
    private static final String MISSPELT = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: NAME}
            spec:
              matchConstraints:
                resourceRules: [{operations: [CREATE], apiGroups: [apps], apiVersions: [v1], resources: [deployments]}]
              validations: [{expression: "EXPRESSION"}]
            """;
    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: NAME, namespace: default}
            spec:
              replicas: REPLICAS
              selector: {matchLabels: {app: x}}
              template: {metadata: {labels: {app: x}}, spec: {containers: [{name: x, image: x}]}}
            """;
    private static final String QUOTA = """
            apiVersion: v1
            kind: ResourceQuota
            metadata: {name: few, namespace: default}
            spec: {hard: {secrets: '2'}}
            """;
    private static final String DEFINITION = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: NAMEs.rules.example.com}
            spec:
              group: rules.example.com
              scope: Namespaced
              names: {plural: NAMEs, kind: KIND}
              versions:
              - name: v1
                served: true
                storage: true
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        type: object
                        x-kubernetes-validations:
                        - {rule: "RULE", message: least is above most}
                        properties:
                          least: {type: integer}
                          most: {type: integer}
                          zone:
                            type: string
                            x-kubernetes-validations: [{rule: self == oldSelf, message: a zone is for ever}]
            """;
    private static final String RANGE = """
            apiVersion: rules.example.com/v1
            kind: Range
            metadata: {name: one, namespace: default}
            spec: {least: LEAST, most: 5, zone: ZONE}
            """;
    private Path home;
    private K3sProcess server;
    private Commands commands;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        home = temporary;
        commands = new Commands(home);
        server = started();
        applied("policies", POLICIES);
        int[] probes = {0};
        server.await("policies are asked", LIMIT, () -> {
            String name = "probe-" + probes[0]++;
            object("ConfigMap", name);
            return said("get", "configmap", name, "-o", "json").replace(" ", "").contains("\"group\":\"masters\"");
        });
        server.await("the policy of Deployments is asked", LIMIT,
                () -> deployment("probe-" + probes[0]++, 6).contains("at most 5 replicas"));
    }

    private K3sProcess started() throws IOException, InterruptedException {
        K3sProcess begun = K3sProcess.server(home, "--disable-agent", "--bind-address", "127.0.0.1");
        begun.await("the API", LIMIT, commands::served);
        return begun;
    }

    private String applied(String name, String document) {
        try {
            return said("apply", "-f", Files.writeString(home.resolve(name + ".yaml"), document).toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String object(String kind, String name) {
        return applied(name, "apiVersion: v1\nkind: " + kind + "\nmetadata: {name: " + name + "}\n");
    }

    private String deployment(String name, int replicas) {
        return applied(name,
                DEPLOYMENT.replace("NAME", name).replace("REPLICAS", Integer.toString(replicas)));
    }

    private String misspelt(String name, String expression) {
        return applied(name, MISSPELT.replace("NAME", name).replace("EXPRESSION", expression));
    }

    private String said(String... words) {
        try {
            return commands.kubectl(words);
        } catch (IOException | AssertionError refused) {
            return String.valueOf(refused.getMessage());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void refusesWithTheMessageOfAPolicyOverARestartToo() throws IOException, InterruptedException {
        String refused = "ValidatingAdmissionPolicy 'replicas' with binding 'replicas' denied request: at most 5"
                + " replicas";
        assertThat(deployment("five", 5)).contains("created");
        assertThat(deployment("exempt", 6)).contains("created");
        assertThat(deployment("six", 6)).contains(refused);
        server.stop();
        server = started();
        // what it answers until it has read its policies is asked again
        AtomicReference<String> said = new AtomicReference<>("");
        server.await("a decision", LIMIT, () -> {
            said.set(deployment("six", 6));
            return !said.get().contains("not yet ready to handle request");
        });
        assertThat(said.get()).contains(refused);
    }

    @Test
    void tellsOfMistakesInExpressions() throws InterruptedException {
        assertThat(misspelt("broken", "object.spec.replicas >")).contains(
                "spec.validations[0].expression: Invalid value: \"object.spec.replicas >\": compilation failed");
        assertThat(misspelt("typo", "object.spec.replica > 1")).contains("created");
        server.await("the policy is type checked", LIMIT, () -> said("get", "validatingadmissionpolicy", "typo", "-o",
                "json").contains("undefined field 'replica'"));
    }

    private String definition(String name, String kind, String rule) {
        return applied("definition-of-" + name,
                DEFINITION.replace("NAME", name).replace("KIND", kind).replace("RULE", rule));
    }

    private String range(int least, String zone) {
        return applied("range", RANGE.replace("LEAST", Integer.toString(least)).replace("ZONE", zone));
    }

    @Test
    void objectsKeepTheRulesOfTheirDefinition() throws InterruptedException {
        assertThat(definition("wrong", "Wrong", "self.least <= self.mots")).contains("undefined field 'mots'");
        assertThat(definition("range", "Range", "self.least <= self.most")).contains("created");
        server.await("the kind is served", LIMIT, () -> said("get", "ranges").contains("No resources found"));
        assertThat(range(6, "a")).contains("The Range \"one\" is invalid: spec: Invalid value: ")
                .contains(": least is above most");
        assertThat(range(5, "a")).contains("created");
        assertThat(range(5, "b")).contains("spec.zone: Invalid value: \"b\": a zone is for ever");
        assertThat(range(4, "a")).contains("configured");
    }

    @Test
    void aQuotaIsKeptAndReleased() throws InterruptedException {
        applied("quota", QUOTA);
        server.await("the quota is counted", LIMIT, () -> said("get", "resourcequota", "few", "-o", "json")
                .replace(" ", "").replace("\n", "").contains("\"used\":{\"secrets\":\"0\"}"));
        assertThat(object("Secret", "one")).contains("created");
        assertThat(object("Secret", "two")).contains("created");
        assertThat(object("Secret", "three"))
                .contains("exceeded quota: few, requested: secrets=1, used: secrets=2, limited: secrets=2");
        said("delete", "secret", "one");
        server.await("the secret's share is free", LIMIT, () -> object("Secret", "three").contains("created"));
    }
}
