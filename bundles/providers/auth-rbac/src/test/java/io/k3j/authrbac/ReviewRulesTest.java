package io.k3j.authrbac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What access reviews may say, and what is answered to one that is wrong.
class ReviewRulesTest {
    private static final String SUBJECT = "subjectaccessreviews";
    private static final String LOCAL = "localsubjectaccessreviews";
    private static final String SELF = "selfsubjectaccessreviews";
    private final List<Authorizer.Attributes> asked = new ArrayList<>();

    private Struct perform(String review, String body) {
        Reviews reviews = new Reviews(List.of((caller, what) -> {
            asked.add(what);
            return new Authorizer.Decision(Authorizer.Verdict.ALLOW, caller.user());
        }));
        Action action = reviews.all().stream().filter(r -> r.name().equals(review)).findFirst().orElseThrow();
        Struct given = Json.object(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        Key key = new Key(review.equals(LOCAL) ? "a" : "", "");
        return action.perform(new Action.Call(Caller.of("jane", List.of()), key, given, false));
    }

    private ApiFault refused(String review, String body) {
        ApiFault fault = catchThrowableOfType(ApiFault.class, () -> perform(review, body));
        assertThat(asked).as("nobody is asked about what is no question").isEmpty();
        return fault;
    }

    private static final String QUESTION = "'resourceAttributes':{'verb':'get','resource':'pods','namespace':'a'}";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{'user':'u'} | spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or"
                    + " resourceAttributes must be specified",
            "{'user':'u','resourceAttributes':{},'nonResourceAttributes':{'path':'/x'}} | spec.nonResourceAttributes:"
                    + " Invalid value: {\"path\":\"/x\"}: cannot be specified in combination with resourceAttributes",
            "{'resourceAttributes':{}} | spec.user: Invalid value: \"\": at least one of user or group must be"
                    + " specified",
            "{} | [spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or"
                    + " resourceAttributes must be specified, spec.user: Invalid value: \"\": at least one of user or"
                    + " group must be specified]"})
    void aQuestionIsOneOfTwoAndAboutSomebody(String spec, String told) {
        ApiFault fault = refused(SUBJECT, "{'spec':" + spec + "}");
        assertThat(fault.code()).isEqualTo(422);
        assertThat(fault).hasMessage(".authorization.k8s.io \"\" is invalid: " + told);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "fieldSelector | {} | requirements | Required value: when spec.resourceAttributes.fieldSelector is specified,"
                    + " requirements or rawSelector is required",
            "labelSelector | {'rawSelector':'a','requirements':[{'key':'a','operator':'Exists'}]} | rawSelector | Invalid"
                    + " value: \"a\": may not specified at the same time as requirements",
            "fieldSelector | {'requirements':[{'operator':'In','values':['x']}]} | requirements[0].key | Required value:"
                    + " must be specified",
            "fieldSelector | {'requirements':[{'key':'a','operator':'In'}]} | requirements[0].values | Required value:"
                    + " must be specified when `operator` is 'In' or 'NotIn'",
            "labelSelector | {'requirements':[{'key':'a','operator':'Exists','values':['x']}]} | requirements[0].values |"
                    + " Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            "labelSelector | {'requirements':[{'key':'/a','operator':'Exists'}]} | requirements[0].key | Invalid value:"
                    + " \"/a\": prefix part must be non-empty",
            "labelSelector | {'requirements':[{'key':'a','operator':'Near','values':['x','-']}]} |"
                    + " requirements[0].values[1] | Invalid value: \"-\": a valid label must be an empty string or"
                    + " consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric"
                    + " character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is"
                    + " '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"})
    void aSelectorSelects(String field, String selector, String place, String told) {
        ApiFault fault = refused(SELF, "{'spec':{'resourceAttributes':{'" + field + "':" + selector + "}}}");
        assertThat(fault.details().seq("causes").structs()).singleElement().satisfies(cause -> {
            assertThat(cause.text("field")).isEqualTo("spec.resourceAttributes." + field + "." + place);
            assertThat(cause.text("message")).isEqualTo(told);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{'metadata':{'name':'x'},'spec':{'user':'u'," + QUESTION + "}} | metadata: Invalid value:"
                    + " {\"name\":\"x\",\"namespace\":\"a\"}: must be empty except for namespace",
            "{'spec':{'user':'u','resourceAttributes':{'namespace':'b'}}} | spec.resourceAttributes.namespace: Invalid"
                    + " value: \"b\": must match metadata.namespace",
            "{'spec':{'user':'u','nonResourceAttributes':{'path':'/x'}}} | spec.nonResourceAttributes: Invalid value:"
                    + " {\"path\":\"/x\"}: disallowed on this kind of request"})
    void aLocalQuestionIsAboutItsNamespace(String body, String told) {
        assertThat(refused(LOCAL, body)).hasMessageEndingWith("is invalid: " + told);
    }

    @Test
    void aReviewIsOfTheNamespaceItIsPostedTo() {
        ApiFault fault = refused(LOCAL, "{'metadata':{'namespace':'b'},'spec':{'user':'u'," + QUESTION + "}}");
        assertThat(fault.code()).isEqualTo(400);
        Struct answer = perform(LOCAL, "{'spec':{'user':'u'," + QUESTION + "}}");
        assertThat(answer.struct("metadata").text("namespace")).isEqualTo("a");
        assertThat(answer.struct("status").text("reason")).isEqualTo("u");
    }

    @Test
    void aReviewHasNoName() {
        assertThat(refused(SUBJECT, "{'metadata':{'labels':{'a':'b'}},'spec':{'user':'u'," + QUESTION + "}}"))
                .hasMessageEndingWith("metadata: Invalid value: {\"labels\":{\"a\":\"b\"}}: must be empty");
        String server = "'metadata':{'uid':'1','creationTimestamp':'2026-01-01T00:00:00Z','namespace':'z','labels':{},"
                + "'managedFields':[{'manager':'m'}]}";
        assertThat(perform(SELF, "{" + server + ",'spec':{" + QUESTION + "}}").struct("status").flag("allowed"))
                .isTrue();
    }

    @Test
    void theAnswerSaysWhatWasNotTaken() {
        Struct status = perform(SELF, "{'spec':{'resourceAttributes':{'fieldSelector':{'rawSelector':'key in value'},"
                + "'labelSelector':{'requirements':[{'key':'a','operator':'Near'},{'key':'b','operator':'Exists'}]}}}}")
                .struct("status");
        assertThat(status.text("evaluationError"))
                .isEqualTo("spec.resourceAttributes.fieldSelector ignored due to parse"
                        + " error; spec.resourceAttributes.labelSelector partially ignored due to parse error");
        assertThat(asked.getFirst().version()).isEqualTo("*");
        assertThat(asked.getFirst().fields().everything()).isTrue();
        assertThat(asked.getFirst().labels()).hasToString("b");
    }

    @Test
    void rulesAreToldWithoutTheQuestion() {
        Struct answer = perform("selfsubjectrulesreviews", "{'metadata':{'name':'x'},'spec':{'namespace':'a'}}");
        assertThat(answer.struct("spec").isEmpty()).isTrue();
        assertThat(answer.struct("status").has("resourceRules")).isTrue();
        assertThat(refused("selfsubjectrulesreviews", "{'spec':{}}")).hasMessage("no namespace on request");
    }
}
