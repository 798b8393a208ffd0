package io.k3j.authrbac;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a review's selectors limit a question to.
class ReviewSelectorsTest {
    private static Struct json(String text) {
        return Json.object(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"{} | `` | ``",
            "{'rawSelector':'a=b,c in (x,y),!d'} | a=b,c in (x,y),!d | ``",
            "{'requirements':[{'key':'a','operator':'In','values':['y','x']}]} | a in (x,y) | ``",
            "{'requirements':[{'key':'a','operator':'NotIn','values':['x']},{'key':'b','operator':'Exists'}]} | a!=x,b | ``",
            "{'requirements':[{'key':'a','operator':'DoesNotExist'},{'key':'b','operator':'Near'}]} | !a | partially",
            "{'requirements':[{'key':'b','operator':'Near'}]} | `` | ignored", "{'rawSelector':'a==='} | `` | ignored",
            "{'rawSelector':'&'} | `` | ignored", "{'rawSelector':'a=b,c=-'} | `` | ignored"})
    void labels(String selector, String text, String taken) {
        ReviewSelectors selectors = ReviewSelectors.of(Struct.of("labelSelector", json(selector)));
        assertThat(selectors.labels()).hasToString(text);
        assertThat(selectors.problem()).isEqualTo(problem("labelSelector", taken));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"{} | `` | ``",
            "{'rawSelector':'a=b,c!=d'} | a=b,c!=d | ``",
            "{'requirements':[{'key':'a','operator':'In','values':['x']},{'key':'b','operator':'NotIn','values':['y']}]} | a=x,b!=y | ``",
            "{'requirements':[{'key':'a','operator':'In','values':['x','y']},{'key':'b','operator':'Exists'}]} | `` | ignored",
            "{'requirements':[{'key':'a','operator':'In','values':['x']},{'key':'b','operator':'Near'}]} | a=x | partially",
            "{'rawSelector':'nothing'} | `` | ignored"})
    void fields(String selector, String text, String taken) {
        ReviewSelectors selectors = ReviewSelectors.of(Struct.of("fieldSelector", json(selector)));
        assertThat(selectors.fields()).hasToString(text);
        assertThat(selectors.problem()).isEqualTo(problem("fieldSelector", taken));
    }

    private static String problem(String field, String taken) {
        String how = taken.equals("partially") ? "partially ignored" : taken;
        return taken.isEmpty() ? "" : "spec.resourceAttributes." + field + " " + how + " due to parse error";
    }
}
