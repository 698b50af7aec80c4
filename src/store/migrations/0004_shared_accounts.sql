-- Runner: logins are counted by the account's name alone, so that systems behind one single sign-on share its budget. What was counted
-- as SYSTEM/ACCOUNT stays counted: the worst of each.
INSERT INTO accounts (account, version, failed, open, proven, since, why)
    SELECT substr(account, length(rtrim(account, replace(account, '/', ''))) + 1), version, MAX(failed), MAX(open), MAX(proven),
        MAX(since), MAX(why)
    FROM accounts WHERE account LIKE '%/%'
    GROUP BY substr(account, length(rtrim(account, replace(account, '/', ''))) + 1), version;
DELETE FROM accounts WHERE account LIKE '%/%';
