//! The words of DeepSeek, Qwen, Zhipu, Doubao and Moonshot. <https://api-docs.deepseek.com/quick_start/error_codes>,
//! <https://help.aliyun.com/en/model-studio/error-code>, <https://docs.z.ai/api-reference/api-code>,
//! <https://www.volcengine.com/docs/82379/1299023>, <https://platform.moonshot.ai/docs/api/chat>

use super::rule::{
    AUTH, CONTEXT, EMPTY, INVALID, MODEL, POLICY, RATE, Rule, SERVER, in_word, status, text, word,
};

/// Its codes say nothing (`invalid_request_error` under every status); its sentences are in `general`.
pub(super) const DEEPSEEK: &[Rule] = &[text("content exists risk", POLICY)];

pub(super) const QWEN: &[Rule] = &[
    word("arrearage", EMPTY),
    in_word("freetieronly", EMPTY),
    in_word("data_inspection_failed", POLICY),
    in_word("datainspectionfailed", POLICY),
    in_word("throttling", RATE),
    word("limit_requests", RATE),
    word("invalidapikey", AUTH),
    word("modelnotfound", MODEL),
    word("modelservingerror", SERVER),
    text("range of input length should be", CONTEXT),
];

pub(super) const ZHIPU: &[Rule] = &[
    word("1000", AUTH),
    word("1001", AUTH),
    word("1002", AUTH),
    word("1003", AUTH),
    word("1004", AUTH),
    word("1112", AUTH),
    word("1121", AUTH),
    // Arrears, under HTTP 429.
    word("1113", EMPTY),
    word("1211", MODEL),
    word("1234", SERVER),
    word("1261", CONTEXT),
    word("1301", POLICY),
    word("1302", RATE),
    word("1303", RATE),
    word("1305", RATE),
    // A plan's quota of the day, the week or the month.
    word("1304", EMPTY),
    word("1308", EMPTY),
    word("1309", EMPTY),
    word("1310", EMPTY),
    status(434, AUTH),
    status(435, INVALID),
];

pub(super) const DOUBAO: &[Rule] = &[
    word("accountoverdueerror", EMPTY),
    word("quotaexceeded", EMPTY),
    in_word("sensitivecontentdetected", POLICY),
    in_word("invalidendpointormodel", MODEL),
    word("modelidaccessdisabled", MODEL),
    word("modelnotopen", MODEL),
    word("authenticationerror", AUTH),
    in_word("ratelimitexceeded", RATE),
    word("serveroverloaded", RATE),
    word("internalserviceerror", SERVER),
];

pub(super) const MOONSHOT: &[Rule] = &[
    word("exceeded_current_quota_error", EMPTY),
    word("engine_overloaded_error", RATE),
    word("invalid_authentication_error", AUTH),
    word("resource_not_found_error", MODEL),
];
